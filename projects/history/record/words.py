"""The history in words: a field by its title on the page, a value as a person reads it, old → new.

No name of a field, a table, a page or a number of the inside stands in front of a reader: what has no words here is
told as something else (`OTHER`), and what only a technician can use is left to the export (`technical`). Rule HI-12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.core import vocabulary as vocab
from projects.core.money import plain_yuan
from projects.core.text import N_, Text, from_json
from projects.history.record.chain import FAULTS
from projects.history.record.filtering import RESULTS, SEARCHED
from projects.history.record.tags import tag_word

Words = Text | str
Names = Mapping[str, Mapping[str, str]]

STAGES = {
    "preparation": N_("前期"), "foundation": N_("基础 ±0.00"), "structure": N_("主体结构"), "secondary": N_("二次结构"),
    "mep": N_("机电与医疗专项"), "fit_out": N_("装饰装修"), "external": N_("室外"), "handover": N_("验收移交"),
}  # fmt: skip
OBJECTS = {
    "system": N_("系统"), "page": N_("页面"), "file": N_("文件"), "user": N_("用户"), "project": N_("项目"),
    "monthly_report": N_("月报"),
    "gate": N_("审批节点"), "ledger_entry": N_("资金记录"), "funding_composition": N_("资金构成"),
    "attachment": N_("附件"), "api_token": N_("接口令牌"),
    "sent_form": N_("提交过的表单"),
    "import_batch": N_("导入"), "match_decision": N_("匹配决定"), "place": N_("地区"), "unit": N_("单位"),
    "plan_document": N_("规划文件"), "clause": N_("条款"), "programme": N_("项目群"), "target": N_("承诺"),
    "work_stage": N_("施工阶段"), "milestone": N_("计划节点"), "event": N_("公布的进展"),
    "programme_tally": N_("逐家统计"), "project_end": N_("终止或归档"),
    "setting": N_("设置"),
    "funding_document": N_("资金文件"), "treasury_receipt": N_("到账"), "contract": N_("合同"),
    "work_value": N_("确认的价款"), "funding_period": N_("月末结账"),
    "finding_step": N_("资金问题"), "funding_limit": N_("资金限额"), "rule_set_version": N_("规则版本"),
    "exemption": N_("豁免"), "funding_step": N_("资金步骤"), "login_session": N_("登录会话"),
    "consent_request": N_("申请"),
    "user_place": N_("负责的地区"), "project_assignment": N_("负责的项目"), "password_history": N_("以前的密码"),
    "kept_form": N_("未提交的内容"), "address_tries": N_("错误尝试"), "audit_entry": N_("审计记录"),
    "audit_checkpoint": N_("归档点"), "former_programme": N_("以前的项目群"), "stage_progress": N_("各阶段进度"),
    "report_step": N_("月报办理"), "former_plan": N_("以前的计划"),
    "former_weight": N_("以前的阶段权重"), "former_baseline": N_("以前的基准计划"),
    "composition_revision": N_("以前的资金构成"),
    "alias": N_("对应关系"), "reference_version": N_("参考类"), "rule_choice": N_("选用的规则"),
    "project_status": N_("项目判断"), "target_status": N_("承诺判断"),
    "kept_project_status": N_("项目判断"), "kept_target_status": N_("承诺判断"), "kept_day": N_("保留的状态日"),
    "money_status": N_("项目资金"), "ladder_status": N_("项目资金阶梯"), "finding_status": N_("项目资金问题"),
    "completion_status": N_("项目年度完成"), "project_search": N_("项目检索词"),
    "plan_reading": N_("规划阅读"), "plan_proposal": N_("阅读所得"),
    "project_card": N_("项目卡片"), "year_plan": N_("年度计划"), "source_need": N_("分年资金需求"),
    "ledger_upload": N_("项目台账"), "ledger_item": N_("台账的一行"), "ledger_layout": N_("台账的表头"),
}  # fmt: skip
NAMES = {
    "audit": N_("审计记录"),
    "composition": N_("资金构成"),
    "catalogue": N_("目录"),
    "demo": N_("示例"),
    "pack": N_("五个规划文件及示例"),
    "places": N_("地区目录"),
    "status": N_("全部判断"),
    "rules": N_("规则"),
    "shipped": N_("随系统提供的规则"),
    "session": N_("登录"),
    "password": N_("密码"),
    "factor": N_("动态码"),
    "user": N_("本人账号"),
    "again": N_("再次确认身份"),
    "token": N_("接口令牌"),
    "address": N_("网络地址"),
    "sso": N_("统一身份认证"),
}  # fmt: skip - what stands in the place of a row
ANSWERS = {
    "400": N_("请求无法处理"), "401": N_("请先登录"), "403": N_("没有权限"), "404": N_("没有找到"),
    "405": N_("不支持的操作"), "409": N_("与他人的修改冲突"), "413": N_("内容过大"), "422": N_("填写有误"),
    "429": N_("请求过多"), "500": N_("系统出错"),
    "503": N_("暂时不能保存"), "507": N_("磁盘已满, 没有保存"),
}  # fmt: skip
FIELDS = {
    "as_of": N_("状态日"), "status_date": N_("状态日"), "projects": N_("项目数"), "programmes": N_("项目群数"),
    "reports": N_("月报数"), "key": N_("审批节点"),
    "passed_on": N_("通过日期"), "document_number": N_("文号"), "body": N_("办理机关"), "note": N_("备注"),
    "waived_reason": N_("不办的理由"),
    "source": N_("资金来源"), "step": N_("资金步骤"), "amount_fen": N_("金额"), "entry_on": N_("日期"),
    "kind": N_("阶段"), "reverses": N_("冲销的记录"),
    "reason": N_("原因"), "start": N_("开始 (0%)"), "p25": N_("完成 25%"), "p50": N_("完成 50%"), "p75": N_("完成 75%"),
    "finish": N_("完成 100%"),
    "gate_start": N_("开工"), "gate_in_use": N_("投入使用"), "floors": N_("计划层数"),
    "investment": N_("累计完成投资 (万元)"),
    "narrative": N_("本月进展"), "problems": N_("存在问题"), "next_plan": N_("下月计划"),
    "decrease_reason": N_("下调原因"), "state": N_("状态"),
    "revision": N_("版次"), "correction_reason": N_("更正原因"), "comment": N_("审核意见"), "username": N_("登录名"),
    "display_name": N_("姓名"),
    "role": N_("角色"), "locale": N_("语言"), "is_active": N_("启用"), "unit_id": N_("单位"), "unit": N_("单位"),
    "places": N_("地区"), "all_places": N_("全部地区"),
    "assignments": N_("负责的项目"), "password": N_("密码"), "must_change_password": N_("须改密码"),
    "totp": N_("动态口令"), "actions": N_("允许的操作"),
    "expires_at": N_("到期时间"), "name": N_("名称"), "filename": N_("文件名"),
    "media_type": N_("文件格式"), "report_id": N_("所属月报"), "gate_id": N_("所属关口"),
    "request_id": N_("所属申请"), "size": N_("大小 (字节)"),
    "status": N_("原因"), "faults": N_("发现的问题"), "left": N_("未校验的条数"), "tokens": N_("接口令牌"),
    "rule_set": N_("规则"), "light": N_("豁免哪个灯"), "until": N_("截止日期"), "requested_by": N_("申请人"),
    "ended_on": N_("结束日期"),
    "effect": N_("停工或复工"), "on": N_("日期"), "expected": N_("预计复工日"),
    "progress_kind": N_("进度灯的办法"), **vocab.RULE_FIGURES,
    "in_statistics": N_("是否入统"), "statistics_reason": N_("未入统原因"),
    "import_kind": N_("导入内容"), "outside_kind": N_("款项类别"), "receipts": N_("到账笔数"),
    "decision": N_("决定的编号"),
    "search": N_("查询条件"), "rows": N_("条数"), "target.kept": N_("保留的承诺"), "sessions": N_("登录会话"),
    "locked_until": N_("锁定至"),
    "tries": N_("尝试次数"), "unused_days": N_("未用天数"), "from_id": N_("起始编号"), "to_id": N_("末尾编号"),
    "number": N_("文号"), "issuer": N_("发文机关"), "total_fen": N_("文件总额"), "parent_id": N_("上级文件"),
    "budget_year": N_("预算年度"),
    "document_kind": N_("文件类型"), "entry_kind": N_("性质"), "external_id": N_("外部编号"),
    "document_id": N_("资金文件"),
    "allocation_id": N_("下达记录"), "receipt_id": N_("到账"), "contract_id": N_("合同"), "voucher": N_("凭证号"),
    "payer": N_("付款人"),
    "payee": N_("收款人"), "memo": N_("摘要"), "received_on": N_("到账日期"), "party": N_("对方单位"),
    "signed_on": N_("签订日期"),
    "confirmed_on": N_("确认到哪天"), "month": N_("月份"), "rule": N_("资金规则"), "finding_state": N_("处理"),
    "owner": N_("责任人或单位"),
    "limit": N_("限额"), "since": N_("自何日起生效"),
    "consent": N_("同意人"), "is_emergency": N_("紧急办理"), "act": N_("申请办理"), "about": N_("对象"),
    "evidence": N_("依据"), "proposer": N_("申请人"), "words": N_("意见"), "new_password": N_("密码"),
    "factor": N_("动态码"), "failed_sign_ins": N_("输错次数"), "closed": N_("结账"),
    "home_place": N_("本单位所在地"), "short_name": N_("简称"), "unit_kind": N_("单位类别"), "place": N_("地区"),
    "law": N_("依据"), "region": N_("地区"), "valid_from": N_("从哪天起"), "valid_to": N_("到哪天止"),
    "title": N_("标题"), "issued_on": N_("印发日期"), "year": N_("规划年度"), "locator": N_("条款号"),
    "heading": N_("条款标题"), "clause": N_("条款"), "document": N_("规划文件"), "programme": N_("项目群"),
    "national_code": N_("项目代码"), "category": N_("类别"), "measure": N_("承诺内容"), "quantifier": N_("对象"),
    "threshold": N_("要达到"), "due": N_("期限"), "commitment": N_("语气"), "basis": N_("口径"),
    "wording": N_("原文"), "ended_as": N_("如何结束"), "manager": N_("项目管理员"), "promise": N_("承诺"),
    "ended": N_("项目状态"), "decided_on": N_("决定终止的日期"),
    "need_fen": N_("资金需求"), "joins": N_("加入的项目"), "leaves": N_("退出的项目"),
    **{f"card_{key}": word for key, word in vocab.CARD.items()},
    "backdated_reason": N_("追溯的理由"),
    **{f"two_person_{key}": word for key, word in vocab.TWO_PERSON.items()},
}  # fmt: skip
VALUES: dict[str, Mapping[str, str]] = {
    "state": vocab.REPORT_STATES,
    "role": vocab.ROLES,
    "source": vocab.FUNDING_SOURCES,
    "step": vocab.LEDGER_STEPS,
    "kind": vocab.ESTIMATE_KINDS,
    "import_kind": vocab.IMPORT_KINDS,
    "outside_kind": vocab.OUTSIDE_KINDS,
    "light": vocab.PROJECT_LIGHTS,
    "document_kind": vocab.DOCUMENT_KINDS,
    "entry_kind": vocab.LEDGER_KINDS,
    "finding_state": vocab.FINDING_STATES,
    "progress_kind": vocab.RULE_FAMILIES,
    "effect": {"stop": N_("停工"), "resume": N_("复工")},
    "in_statistics": {"yes": N_("已入统"), "no": N_("未入统")},
    "new_password": {"slip": N_("凭密码单由本人重新设置")},
    "act": vocab.CONSENT_KINDS,
    "category": vocab.CATEGORIES,
    "measure": vocab.MEASURES,
    "quantifier": vocab.QUANTIFIERS,
    "commitment": vocab.COMMITMENTS,
    "basis": vocab.BASES,
    "ended_as": vocab.ENDINGS,
    "ended": vocab.PROJECT_ENDS,
    "card_nature": vocab.NATURES,
    "factor": {"on": N_("已启用"), "off": N_("未启用")},
    "locale": {"zh": N_("中文"), "en": N_("英文")},
    "rule": vocab.MONEY_RULES,
    "status": ANSWERS,
    "all_places": {"y": N_("是")},
    **{f"two_person_{key}": vocab.APPROVALS for key in vocab.CHANGES},
}
RIGHTS = {
    "portfolio.read": N_("项目与承诺"),
    "project.read": N_("项目与承诺"),
    "report.read": N_("月报"),
    "funding.read": N_("资金"),
    "treasury.read": N_("资金文件和到账"),
}  # what tokens may read
REASONS = {
    "wrong": N_("密码或动态码不对"), "unknown": N_("没有这个登录名"), "stopped": N_("账号已停用"),
    "locked": N_("账号锁定中"),
    "expired": N_("初始密码已失效"), "address": N_("来自同一地址的错误过多"),
}  # fmt: skip
MEASURED = {"weight": N_("%(name)s (权重)"), "stage": N_("%(name)s (名称)"), "baseline": N_("%(name)s (基准)")}
HIDDEN = frozenset({"form", "whom"})
TECHNICAL = ("request", "sha256")  # for whoever looks into the inside, in the export
NUMBERS = frozenset(
    {
        "reverses",
        "receipt_id",
        "document_id",
        "allocation_id",
        "contract_id",
        "parent_id",
        "decision",
        "from_id",
        "to_id",
    }
)  # of other entries and rows
OTHER = Text(N_("其他内容"))
TOLD = frozenset(
    {"search", "rows", "status", "tries", "unused_days", "from_id", "to_id", "faults", "left"}
)  # what was, not what changed
BLANK = "—"


@dataclass(frozen=True)
class Said:
    """A changed field: its title, what it was and what it became; `old` is None where the field only says what the
    entry is about.
    """

    title: Words
    old: Words | None
    new: Words


def said(changes: Mapping[str, Any], names: Names | None = None) -> list[Said]:
    """`changes` in words; `names` has those of gates and rule sets, by the field that holds their keys."""
    hidden = HIDDEN | set(TECHNICAL)
    if str(_new(changes.get("status"))) not in ANSWERS:  # an answer that is no refusal tells nothing
        hidden |= {"status"}
    return [_said(name, pair, names or {}) for name, pair in changes.items() if name not in hidden]


def technical(changes: Mapping[str, Any]) -> str:
    """What of the changes only a technician can use."""
    return "; ".join(f"{name}={_new(changes[name])}" for name in TECHNICAL if changes.get(name))


def has_words(name: str) -> bool:
    """Whether a field of an entry can be told, or is not meant to be."""
    return name in HIDDEN or name in TECHNICAL or title(name) is not OTHER


def _new(pair: Any) -> Any:
    return pair[1] if isinstance(pair, list | tuple) and len(pair) == 2 else pair


def _said(name: str, pair: Any, names: Names) -> Said:
    old, new = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, pair)
    spoken = _value(name, new, names)
    return Said(title(name), None if old == new or name in TOLD else _value(name, old, names), spoken)


def title(name: str) -> Words:
    """The title of a field as on its page; `OTHER` where it has none."""
    if name in FIELDS:
        return Text(FIELDS[name])
    if name in OBJECTS:
        return Text(OBJECTS[name])
    before, _, after = name.partition(".")
    if before in OBJECTS and after in {"added", "changed"}:
        return Text(
            N_("%(object)s (新增)") if after == "added" else N_("%(object)s (修改)"), {"object": Text(OBJECTS[before])}
        )
    return _of_part(*name.partition(":")[::2]) or _of_stage(*name.partition("_")[::2]) or OTHER


def _of_part(whole: str, part: str) -> Text | None:
    """The title of a field of one source (`allocated_fen:cbi`), stage (`weight:mep`), milestone (`baseline:finish`)."""
    if whole in FIELDS and part in vocab.FUNDING_SOURCES:
        return Text(
            N_("%(field)s (%(source)s)"), {"field": Text(FIELDS[whole]), "source": Text(vocab.FUNDING_SOURCES[part])}
        )
    if whole not in MEASURED:
        return None
    words = STAGES.get(part) or (FIELDS.get(part) if whole == "baseline" else None)
    return Text(MEASURED[whole], {"name": Text(words) if words else part})


def _of_stage(measure: str, stage: str) -> Text | None:
    """The title of a stage's figure in a report (`percent_mep`, `floors_structure`)."""
    if measure not in {"percent", "floors"}:
        return None
    return Text(
        N_("%(stage)s (%%)") if measure == "percent" else N_("%(stage)s (层)"),
        {"stage": Text(STAGES[stage] if stage in STAGES else N_("其他阶段"))},
    )


def _value(name: str, value: Any, names: Names) -> Words:
    if value in (None, "", []):
        return BLANK
    if isinstance(value, bool):
        return Text(N_("是") if value else N_("否"))
    if isinstance(value, dict) and value.keys() == {"m", "p"}:
        return from_json(value)
    if name in LISTS:
        return _several([LISTS[name](one, names) for one in (value if isinstance(value, list) else [value])])
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return _number(name, value) or _key(name, str(value), names)


def _number(name: str, value: Any) -> Text | None:
    """Money, and the numbers of other entries and rows."""
    if isinstance(value, int) and name.partition(":")[0].endswith("_fen"):
        return Text(N_("%(yuan)s 元"), {"yuan": plain_yuan(value)})
    return Text(N_("第 %(id)s 号"), {"id": value}) if isinstance(value, int) and name in NUMBERS else None


def _key(name: str, value: str, names: Names) -> Words:
    """The word for a stored key, or what a person typed; half a character is shown as ?."""
    words = names.get(name) or VALUES.get(name, {})
    if name == "reason" and value in REASONS:
        return Text(REASONS[value])
    return Text(words[value]) if value in words else value.encode("utf-8", "replace").decode()


def _several(texts: Sequence[Text]) -> Text:
    """One text after the other, each once."""
    *others, found = {str(one): one for one in texts}.values()
    for one in reversed(others):
        found = Text(N_("%(first)s, %(rest)s"), {"first": one, "rest": found})
    return found


def _rule_set(key: str, names: Names) -> Text:
    """A rule set by its name, `gap-3` with its version."""
    known, (base, _, number) = names.get("rule_set", {}), key.rpartition("-")
    if key in known or not number.isdecimal():
        return Text(known.get(key, N_("一套规则")))
    return Text(N_("%(name)s 第 %(number)s 版"), {"name": Text(known.get(base, N_("一套规则"))), "number": number})


def _rights(actions: str, _names: Names) -> Text:
    """What a token may read, `portfolio.read, report.read`."""
    return _several([Text(RIGHTS.get(one, OTHER.msgid)) for one in actions.split(", ")])


def _fault(fault: tuple[int | None, str], _names: Names) -> Text:
    """A break of the chain: the row and why."""
    row, why = fault
    said = Text(FAULTS.get(why, OTHER.msgid))
    return said if row is None else Text(N_("第 %(id)s 号: %(fault)s"), {"id": row, "fault": said})


def _asked(query: str, _names: Names) -> Text:
    """A search of the history, `person=王; tag=user:role:changed`."""
    pairs = [one.partition("=") for one in query.split("; ")]
    return _several([Text(N_("%(title)s: %(value)s"), _part(name, value)) for name, _, value in pairs])


def _part(name: str, value: str) -> dict[str, Words]:
    words = {"tag": tag_word(value), "about": OBJECTS.get(value, OTHER.msgid), "result": RESULTS.get(value, value)}
    return {"title": Text(SEARCHED.get(name, OTHER.msgid)), "value": Text(words[name]) if name in words else value}


LISTS: dict[str, Callable[[Any, Names], Text]] = {
    "rule_set": _rule_set,
    "actions": _rights,
    "faults": _fault,
    "search": _asked,
}
