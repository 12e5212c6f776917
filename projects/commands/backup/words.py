"""Outcomes of backups in words."""

from __future__ import annotations

from collections.abc import Iterator

from projects.commands.backup.container import WHYS, BrokenBackupError
from projects.commands.backup.faults import in_words
from projects.commands.backup.manifest import Manifest
from projects.commands.backup.restoring import Restored
from projects.commands.backup.taking import Taken
from projects.commands.backup.verifying import Verified
from projects.core.text import N_, Text

KEYS = {"audit_key": N_("审计密钥"), "secret_key": N_("会话密钥")}
WITHOUT = {
    "no passphrase": N_("没有给口令, 未收入: 请另外保管"),
    "left out": N_("按要求未收入: 请另外保管"),
    "not there": N_("本系统没有, 未收入"),
}


def of_manifest(manifest: Manifest) -> Iterator[Text]:
    """What a backup holds: the instant, the history's newest entry, files, each key by itself, and what was found wrong
    as it was made.
    """
    yield Text(
        N_("时点 %(instant)s, %(database)s, 版本 %(version)s (%(migration)s), 共 %(rows)s 行"),
        {
            "instant": manifest.instant,
            "database": f"{manifest.database} {manifest.database_version}",
            "version": manifest.version,
            "migration": manifest.migration,
            "rows": sum(manifest.rows.values()),
        },
    )
    if manifest.newest:
        yield Text(
            N_("最新审计记录 %(id)s, 摘要 %(digest)s"), {"id": manifest.newest.id, "digest": manifest.newest.digest}
        )
    named = {"count": manifest.files.named}
    yield Text(N_("含 %(count)s 个文件") if manifest.files.included else N_("不含文件 (库里记有 %(count)s 个)"), named)
    for name, held in manifest.keys.items():
        what = Text(N_("用口令封存在内")) if held.member else Text(WITHOUT[held.why])
        yield Text(N_("%(key)s: %(what)s"), {"key": Text(KEYS[name]), "what": what})
    yield from _unsound(manifest)


def _unsound(manifest: Manifest) -> Iterator[Text]:
    for key in manifest.files.missing:
        yield Text(N_("存储里没有文件 %(key)s"), {"key": key})
    for key in manifest.files.differing:
        yield Text(N_("文件 %(key)s 的内容与登记的校验和不符"), {"key": key})
    yield from of_checks(manifest.sound.check, manifest.sound.history, manifest.sound.database)


def of_checks(check: str, history: tuple[str, ...], database: tuple[str, ...]) -> Iterator[Text]:
    """What the two checks found."""
    yield from map(in_words, history)
    for one in database:
        yield Text(N_("数据库自检 (%(check)s): %(said)s"), {"check": check, "said": one})


def of_taken(taken: Taken) -> Iterator[Text]:
    """What was written, and which files it lacks by the names that people gave them."""
    yield Text(N_("已写成 %(path)s"), {"path": str(taken.path)})
    yield from of_manifest(taken.manifest)
    for one in taken.lacking:
        yield Text(N_("缺少或不符的文件: %(name)s (%(key)s)"), {"name": one.filename, "key": one.key})
    if not taken.manifest.is_complete:
        yield Text(N_("这份备份不完整或来源已有错误: 已保留, 没有清理旧备份, 请尽快查明"))


def of_fault(fault: BrokenBackupError) -> Text:
    """A fault, at its member."""
    return Text(N_("%(member)s: %(why)s"), {"member": fault.member, "why": Text(WHYS[fault.why])})


def of_verified(found: Verified) -> Iterator[Text]:
    """What a whole backup holds, and whether its seal could be looked at."""
    if found.manifest is None or not found.is_whole:
        return
    yield Text(N_("备份完整, 每个字节都与写成时相同"))
    yield (
        Text(N_("签章与本系统的审计密钥相符"))
        if found.held_against_key
        else Text(N_("这里没有审计密钥, 只核对了校验和, 没有核对签章"))
    )
    yield from of_manifest(found.manifest)


def of_restored(found: Restored, where: str) -> Iterator[Text]:
    """What lies where, what to do next, and what the checks said."""
    yield Text(N_("已恢复到 %(where)s, 时点 %(instant)s"), {"where": where, "instant": found.manifest.instant})
    for name in found.keys:
        yield Text(N_("%(key)s已写入"), {"key": Text(KEYS[name])})
    if not found.manifest.keys["secret_key"].member:
        yield Text(N_("备份不含会话密钥: 请先放回原来的 secret_key, 否则所有人要重新登录, 手机验证码要重新绑定"))
    files = found.manifest.files
    if not files.included and files.named:
        yield Text(N_("备份不含文件, 库里记有 %(count)s 个: 请另行恢复存储"), {"count": files.named})
    for key in (*files.missing, *files.differing):
        yield Text(N_("备份时就缺少或不符的文件: %(key)s"), {"key": key})
    for one in found.differences:
        yield Text(N_("与清单不符: %(what)s"), {"what": one})
    yield from of_checks(found.check, found.history, found.database)
    if found.is_sound:
        yield Text(N_("审计记录完整, 数据库自检 (%(check)s) 通过, 各表行数与清单相同"), {"check": found.check})
    if found.pending:
        yield Text(
            N_("数据库缺少这些升级: %(revisions)s. 请运行 projects init, 它会先再备份一次"),
            {"revisions": ", ".join(found.pending)},
        )
