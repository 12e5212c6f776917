"""From what was found about an installation to what is wrong with it, and the fix in words. Pure: every fact
is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from projects.commands.backup.faults import in_words
from projects.core.text import N_, Text

LEAST_FREE = 1024**3
SHORTEST_KEY = 32
SHOWN = 3
FEWEST_SIGNS = 8
GUESSABLE = frozenset({"dev", "development", "secret", "changeme", "change-me", "default", "test"})
LEVELS = {"ok": N_("良好"), "note": N_("提示"), "fail": N_("需处理")}


@dataclass(frozen=True)
class Facts:
    """What was found.

    Sizes are bytes; `sound_sqlite` is None on PostgreSQL; `database_problem` is empty where the database answered.
    """

    key: str
    debug: bool
    is_root: bool
    open_paths: Sequence[str]
    sound_sqlite: bool | None
    sqlite_version: str
    workers: int
    beijing_offset: dt.timedelta | None
    database_problem: str
    pending: Sequence[str]
    storage: str
    storage_problem: str
    free_bytes: int | None
    mail_host: str
    hosts: Sequence[str]
    is_secure: bool
    proxies: int
    projects: int
    statuses_today: int
    today: dt.date
    outdated: tuple[
        int, int, Sequence[str]
    ]  # projects and programmes' promises whose stored verdicts stand by former rules, and these by name
    stale_translations: Sequence[str]
    missing_fonts: Sequence[str]
    holidays_until: int
    history_rights: Sequence[str]
    history_faults: Sequence[str]  # as `projects verify-audit` finds them
    database_check: str  # the database's own check: its name
    database_faults: Sequence[str]  # and what it found


@dataclass(frozen=True)
class CheckResult:
    """One check: `level` is a key of LEVELS; `fix` says what to do, empty where all is well."""

    name: str
    level: str
    text: Text
    fix: Text | None = None


def examine(facts: Facts) -> list[CheckResult]:
    """Every check, in a fixed order."""
    return [check(facts) for check in CHECKS]


def is_fit(findings: Sequence[CheckResult]) -> bool:
    """Whether nothing has to be mended; notes may stand."""
    return all(one.level != "fail" for one in findings)


def _key(facts: Facts) -> CheckResult:
    weak = len(facts.key) < SHORTEST_KEY or len(set(facts.key)) < FEWEST_SIGNS or facts.key.lower() in GUESSABLE
    if not weak:
        return CheckResult("key", "ok", Text(N_("密钥足够长")))
    return CheckResult(
        "key",
        "fail",
        Text(N_("密钥缺失或过于简单")),
        Text(N_("运行 projects init 生成密钥, 或把 SECRET_KEY 设为至少 32 位随机字符")),
    )


def _debug(facts: Facts) -> CheckResult:
    if not facts.debug:
        return CheckResult("debug", "ok", Text(N_("没有打开调试模式")))
    return CheckResult(
        "debug",
        "fail",
        Text(N_("调试模式已打开, 出错时会显示内部信息")),
        Text(N_("去掉环境变量 FLASK_DEBUG 后重新启动")),
    )


def _user(facts: Facts) -> CheckResult:
    if not facts.is_root:
        return CheckResult("user", "ok", Text(N_("以普通用户运行")))
    return CheckResult(
        "user",
        "note",
        Text(N_("以 root 运行")),
        Text(N_("正式使用时请新建专用用户来运行, 见 docs/operations/deploy.md")),
    )


def _permissions(facts: Facts) -> CheckResult:
    if not facts.open_paths:
        return CheckResult("permissions", "ok", Text(N_("密钥、数据库和文件只有本用户可读")))
    paths = {"paths": " ".join(facts.open_paths)}
    return CheckResult(
        "permissions",
        "fail",
        Text(N_("其他用户可以读取: %(paths)s"), paths),
        Text(N_("运行 chmod go-rwx %(paths)s"), paths),
    )


def _sqlite(facts: Facts) -> CheckResult:
    version = {"version": facts.sqlite_version, "workers": facts.workers}
    if facts.sound_sqlite is None:
        return CheckResult("sqlite", "ok", Text(N_("数据库是 PostgreSQL")))
    if facts.sound_sqlite:
        return CheckResult("sqlite", "ok", Text(N_("SQLite %(version)s 没有已知的 WAL 错误"), version))
    if facts.workers <= 1:
        fix = Text(N_("用户多时请安装 pysqlite3, 或用 DATABASE_URL 改用 PostgreSQL"))
        return CheckResult("sqlite", "note", Text(N_("SQLite %(version)s 有 WAL 错误, 只用一个进程服务"), version), fix)
    fix = Text(N_("把 WORKERS 设为 1, 或安装 pysqlite3, 或用 DATABASE_URL 改用 PostgreSQL"))
    return CheckResult(
        "sqlite", "fail", Text(N_("SQLite %(version)s 有 WAL 错误, 却要用 %(workers)s 个进程服务"), version), fix
    )


def _zone(facts: Facts) -> CheckResult:
    if facts.beijing_offset == dt.timedelta(hours=8):
        return CheckResult("time_zone", "ok", Text(N_("有北京时区数据")))
    return CheckResult(
        "time_zone",
        "fail",
        Text(N_("没有北京时区数据, 日期会算错")),
        Text(N_("安装系统的 tzdata 软件包, 或 pip install tzdata")),
    )


def _migrations(facts: Facts) -> CheckResult:
    if facts.database_problem:
        problem = {"problem": facts.database_problem}
        return CheckResult(
            "database",
            "fail",
            Text(N_("数据库打不开: %(problem)s"), problem),
            Text(N_("核对 DATABASE_URL 和数据库服务; 新装时先运行 projects init")),
        )
    if not facts.pending:
        return CheckResult("database", "ok", Text(N_("数据库结构是最新的")))
    missing = {"revisions": ", ".join(facts.pending)}
    return CheckResult(
        "database",
        "fail",
        Text(N_("数据库缺少这些升级: %(revisions)s"), missing),
        Text(N_("先备份, 再运行 projects init")),
    )


def _integrity(facts: Facts) -> CheckResult:
    told = {"check": facts.database_check, "faults": "; ".join(facts.database_faults[:SHOWN])}
    if not facts.database_faults:
        return CheckResult("integrity", "ok", Text(N_("数据库自检 (%(check)s) 没有发现错误"), told))
    return CheckResult(
        "integrity",
        "fail",
        Text(N_("数据库自检 (%(check)s) 发现错误: %(faults)s"), told),
        Text(N_("停止服务, 复制留存现有数据库, 再恢复最近的完整备份 (docs/operations/backup.md)")),
    )


def _chain(facts: Facts) -> CheckResult:
    if not facts.history_faults:
        return CheckResult("chain", "ok", Text(N_("审计记录完整")))
    told = {"count": len(facts.history_faults), "first": in_words(facts.history_faults[0])}
    return CheckResult(
        "chain",
        "fail",
        Text(N_("审计记录校验没有通过, 有 %(count)s 处. %(first)s"), told),
        Text(N_("运行 projects verify-audit 查明; 恢复过旧备份时运行 projects accept-restored-backup")),
    )


def _storage(facts: Facts) -> CheckResult:
    where = {"where": facts.storage, "problem": facts.storage_problem}
    if facts.storage_problem:
        fix = Text(N_("让本用户能写入这个位置, 或用 STORAGE_URL 另指一处"))
        return CheckResult("storage", "fail", Text(N_("文件存储 %(where)s 不能写入: %(problem)s"), where), fix)
    return CheckResult("storage", "ok", Text(N_("文件存储 %(where)s 可以写入"), where))


def _space(facts: Facts) -> CheckResult:
    if facts.free_bytes is None or facts.free_bytes >= LEAST_FREE:
        return CheckResult("space", "ok", Text(N_("磁盘空间够用")))
    free = {"free": facts.free_bytes // 1024**2, "least": LEAST_FREE // 1024**2}
    return CheckResult(
        "space", "fail", Text(N_("磁盘只剩 %(free)s MB"), free), Text(N_("清理磁盘或扩容, 至少留出 %(least)s MB"), free)
    )


def _mail(facts: Facts) -> CheckResult:
    if not facts.mail_host:
        return CheckResult("mail", "ok", Text(N_("本系统不发送邮件, 不需要配置")))
    host = {"host": facts.mail_host}
    return CheckResult(
        "mail",
        "note",
        Text(N_("设置了 MAIL_SERVER=%(host)s, 但本系统不发送邮件"), host),
        Text(N_("这项设置没有作用, 可以删去; 提醒都显示在首页")),
    )


def _web(facts: Facts) -> CheckResult:
    if facts.is_secure and not facts.hosts:
        return CheckResult(
            "web",
            "fail",
            Text(N_("没有限定主机名, 伪造的主机名也会被应答")),
            Text(N_("把 TRUSTED_HOSTS 设为对外的域名, 多个用逗号隔开")),
        )
    if facts.proxies and not facts.is_secure:
        return CheckResult(
            "web",
            "fail",
            Text(N_("前面有反向代理, 会话 cookie 却不限于 HTTPS")),
            Text(N_("在代理上启用 HTTPS, 并设置 SECURE_COOKIES=1")),
        )
    if not facts.is_secure:
        return CheckResult(
            "web",
            "note",
            Text(N_("没有启用 HTTPS, 只适合在本机试用")),
            Text(N_("对外服务前见 docs/operations/deploy.md")),
        )
    return CheckResult("web", "ok", Text(N_("限定了主机名, cookie 只走 HTTPS")))


def _status(facts: Facts) -> CheckResult:
    told = {"count": facts.statuses_today, "all": facts.projects, "day": facts.today}
    if facts.database_problem or facts.statuses_today == facts.projects:
        return CheckResult("status", "ok", Text(N_("判断已按 %(day)s 计算"), told))
    fix = Text(N_("运行 projects rebuild-status, 并设为每天零点后自动运行"))
    return CheckResult(
        "status", "fail", Text(N_("%(all)s 个项目里只有 %(count)s 个的判断是 %(day)s 的, 每个页面都要现算"), told), fix
    )


def _rules(facts: Facts) -> CheckResult:
    projects, promises, versions = facts.outdated
    if not projects and not promises:
        return CheckResult("rules", "ok", Text(N_("保存的判断都按现行规则")))
    told = {"projects": projects, "promises": promises, "versions": ", ".join(versions)}
    words = Text(N_("%(projects)s 个项目和 %(promises)s 条项目群承诺的判断仍按旧规则 (%(versions)s)"), told)
    return CheckResult(
        "rules",
        "fail",
        words,
        Text(N_("由负责全部地区的调度员打开“亮灯规则”页继续更新, 或运行 projects rebuild-status")),
    )


def _translations(facts: Facts) -> CheckResult:
    if not facts.stale_translations:
        return CheckResult("translations", "ok", Text(N_("译文已编译")))
    which = {"languages": ", ".join(facts.stale_translations)}
    return CheckResult(
        "translations", "fail", Text(N_("译文没有编译或已过时: %(languages)s"), which), Text(N_("运行 make install"))
    )


def _history(facts: Facts) -> CheckResult:
    if not facts.history_rights:
        return CheckResult(
            "history",
            "ok",
            Text(N_("应用的数据库账号不能改写审计记录"))
            if facts.sound_sqlite is None
            else Text(N_("审计记录由触发器和摘要链保护")),
        )
    rights = {"rights": ", ".join(facts.history_rights)}
    fix = Text(N_("为应用另建数据库角色, 用表的所有者运行 projects harden-database, 见 docs/rules/audit.md"))
    return CheckResult(
        "history", "note", Text(N_("应用的数据库账号能改写审计记录 (%(rights)s), 只能靠摘要链发现"), rights), fix
    )


def _fonts(facts: Facts) -> CheckResult:
    if not facts.missing_fonts:
        return CheckResult("fonts", "ok", Text(N_("图表字体已备好")))
    return CheckResult(
        "fonts",
        "note",
        Text(N_("图表字体还没有生成, 第一张图会慢 20 秒")),
        Text(N_("运行 python -m projects.sheets.fonts.extract")),
    )


def _holidays(facts: Facts) -> CheckResult:
    if facts.today.year <= facts.holidays_until:
        return CheckResult(
            "holidays", "ok", Text(N_("放假和调休安排收录到 %(year)s 年"), {"year": facts.holidays_until})
        )
    known = Text(N_("放假和调休安排只收录到 %(year)s 年, 之后的工作日按周一至周五计"), {"year": facts.holidays_until})
    return CheckResult(
        "holidays", "note", known, Text(N_("升级到收录今年安排的版本 (requirements.in 中的 chinesecalendar)"))
    )


CHECKS: tuple[Callable[[Facts], CheckResult], ...] = (
    _key, _debug, _user, _permissions, _web, _sqlite, _migrations, _status, _rules, _zone, _integrity, _chain,
    _storage, _space, _mail, _history, _translations, _fonts, _holidays,
)  # fmt: skip
