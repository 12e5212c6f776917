"""The closed vocabularies of the field (domain glossary in docs/glossary.md): stored keys with the words a person
reads.
"""

from __future__ import annotations

from projects.core.text import N_

# What a target promises; keys as in the source plans' hand-checked lists.
MEASURES = {
    "reserve": N_("谋划储备"),
    "apply": N_("申报入库"),
    "approve": N_("立项可研"),
    "start": N_("开工"),
    "foundation": N_("基础完成"),
    "structure_pct": N_("主体工程完成比例"),
    "topped_out": N_("结构封顶"),
    "structure_done": N_("主体完工"),
    "fit_out": N_("装饰装修完成"),
    "complete": N_("完工"),
    "accept": N_("竣工验收"),
    "in_use": N_("投入使用"),
    "full_operation": N_("整体运营"),
    "investment": N_("完成投资"),
    "progress_pct": N_("形象进度"),
    "accelerate": N_("加快推进"),
    "unspecified": N_("未明确"),
}
# Measures that name no testable milestone: shown, never counted late.
UNTESTABLE = frozenset({"accelerate", "unspecified"})
# Measures of a work stage: the stage and the percent that fulfils them (None: the target's own threshold).
STAGE_MEASURES: dict[str, tuple[str, float | None]] = {
    "foundation": ("foundation", 100.0),
    "structure_pct": ("structure", None),
    "topped_out": ("structure", 100.0),
    "structure_done": ("structure", 100.0),
    "fit_out": ("fit_out", 100.0),
}
# Measures that a gate fulfils.
GATE_MEASURES = {
    "reserve": "pipeline",
    "apply": "application",
    "approve": "feasibility",
    "start": "start",
    "complete": "works_complete",
    "accept": "completion_acceptance",
    "in_use": "in_use",
    "full_operation": "full_operation",
}

QUANTIFIERS = {"project": N_("单个项目"), "count": N_("项目群数量"), "share": N_("项目群比例")}

COMMITMENTS = {"must": N_("确保"), "strive": N_("力争"), "soon": N_("尽快"), "none": N_("未注明")}

BASES = {
    "floors": N_("层数(已完成/计划)"),
    "quantity": N_("工程量"),
    "value": N_("产值"),
    "judgement": N_("工程师判断"),
    "gate": N_("审批与验收记录"),
    "tally": N_("逐家统计"),
    "stated": N_("原文未说明"),
}

# Three questions, three answers (docs/rules/slippage.md): never one word or shape for two of them.
# The promise, from worst to best.
STATES = {
    "overdue": N_("已逾期"),
    "overdue_no_evidence": N_("逾期无据"),
    "contradicted": N_("证据矛盾"),
    "behind": N_("将误期"),
    "unknown": N_("无法判断"),
    "at_risk": N_("有风险"),
    "undated": N_("未定期限"),
    "on_track": N_("预计兑现"),
    "met_late": N_("逾期兑现"),
    "met_on_time": N_("按期兑现"),
    "met_early": N_("提前兑现"),
}
SHAPES = {
    "overdue": "✖", "overdue_no_evidence": "⊗", "contradicted": "≠", "behind": "■", "unknown": "?", "at_risk": "▲",
    "undated": "–", "on_track": "●", "met_late": "◆", "met_on_time": "✔", "met_early": "★",
}  # fmt: skip
SEVERITY = {state: rank for rank, state in enumerate(STATES)}
RANKED = tuple(STATES)  # the state of a rank (S-24)
KEPT = frozenset({"met_late", "met_on_time", "met_early"})
# The works against their own plan.
WORKS_STATES = {
    "dropped": N_("已终止"),
    "stopped": N_("停工"),
    "behind": N_("落后"),
    "not_begun": N_("未开工"),
    "no_plan": N_("无计划"),
    "on_plan": N_("按计划"),
    "ahead": N_("超前"),
    "finished": N_("已完工"),
}
WORKS_SHAPES = {
    "dropped": "×", "stopped": "‖", "behind": "▼", "not_begun": "▷", "no_plan": "∅", "on_plan": "=", "ahead": "△",
    "finished": "▣",
}  # fmt: skip
# How fresh what is known of the works is.
DATA_STATES = {
    "none": N_("无数据"), "silent": N_("失联"), "late": N_("迟报"), "fresh": N_("及时"), "ended": N_("不再填报"),
}  # fmt: skip
DATA_SHAPES = {"none": "□", "silent": "▨", "late": "◑", "fresh": "◉", "ended": "◎"}
# Lights gather what the three say of a project, for counting: red, yellow, green, grey; done apart.
LIGHTS = {
    "red": N_("红灯"), "yellow": N_("黄灯"), "green": N_("绿灯"), "grey": N_("未评"), "done": N_("已兑现"),
}  # fmt: skip
LIGHT_OF = {
    "overdue": "red", "overdue_no_evidence": "red", "contradicted": "red", "behind": "red", "unknown": "grey",
    "at_risk": "yellow", "undated": "grey", "on_track": "green", "met_late": "done", "met_on_time": "done",
    "met_early": "done",
}  # fmt: skip

# Four lights of a project, kept apart; what a rule set says of this month, beside what the promises' states say of
# their due days.
PROJECT_LIGHTS = {"start": N_("开工"), "progress": N_("进度"), "payment": N_("资金支付"), "entry": N_("入统")}
SIGNALS = {
    "red": N_("红灯"),
    "yellow": N_("黄灯"),
    "green": N_("绿灯"),
    "grey": N_("未评"),
    "exempt": N_("豁免"),
}  # from worst to best, exempt apart
SIGNAL_SHAPES = {"red": "■", "yellow": "▲", "green": "●", "grey": "○", "exempt": "◇"}
SIGNAL_OF = {
    "r": "red",
    "y": "yellow",
    "g": "green",
    "-": "grey",
    "x": "exempt",
}  # as a status row stores them, four letters
RULE_FAMILIES = {"gap": N_("按百分点差距"), "ratio": N_("按序时进度比例")}

# What the figures of a rule set are called.
RULE_FIGURES = {
    "progress_yellow": N_("进度黄灯"),
    "progress_red": N_("进度红灯"),
    "progress_running": N_("连续黄灯升级为红灯 (0 为不升级)"),
    "start_yellow": N_("未开工黄灯: 连续错过"),
    "start_red": N_("未开工红灯: 连续错过"),
    "money_ahead": N_("支付红灯: 资金超前形象进度超过"),
    "entry_yellow": N_("未入统黄灯: 开工超过"),
    "entry_red": N_("未入统红灯: 开工超过"),
    "behind_days": N_("关口久候、工程严重落后: 超过"),
    "stale_days": N_("月报过旧或停滞: 超过"),
    "kept_from": N_("预计兑现: 可能性不低于"),
    "risk_from": N_("有风险: 可能性不低于"),
    "fresh_days": N_("数据迟报: 早于"),
    "silent_days": N_("数据失联: 早于"),
    "silent_months": N_("数据失联: 缺报"),
    "report_day": N_("月报最迟于次月几日"),
    "works_days": N_("工程超前或落后: 至少"),
    "stop_days": N_("停工通常持续"),
    "leap_points": N_("可信的进度: 每月至多"),
    "early_days": N_("提前兑现: 至少早于期限"),
    "tally_yellow": N_("项目群数量有风险: 低于序时进度"),
    "tally_red": N_("项目群数量将误期: 低于序时进度"),
}

# What the rules of money are called (docs/rules/money.md); their laws stand in projects/money/findings/rules.py.
MONEY_RULES = {
    "F-1": N_("下达超批复"),
    "F-2": N_("到位超下达"),
    "F-3": N_("支付超到位"),
    "F-4": N_("地方配套滞后"),
    "F-5": N_("中央支付快于全部"),
    "F-6": N_("中央投资超比例"),
    "F-7": N_("中央投资超定额"),
    "F-8": N_("资金闲置"),
    "F-9": N_("两年未用完"),
    "F-10": N_("支付超前进度"),
    "F-11": N_("超概算"),
    "F-12": N_("概算超估算"),
    "F-13": N_("进度款低于八成"),
    "F-14": N_("质保金超过 3%"),
    "F-15": N_("转发分解逾期"),
    "F-16": N_("公共卫生项目自筹"),
    "F-17": N_("决算逾期"),
    "F-18": N_("到位滞后"),
    "F-19": N_("下达超计划"),
    "F-20": N_("中央投资用途存疑"),
    "F-21": N_("地方配套缺口"),
    "F-22": N_("竣工验收逾期"),
    "F-23": N_("到账久未匹配"),
    "F-24": N_("支付超合同"),
}
LADDER_RULES = {key: MONEY_RULES[key] for key in ("F-1", "F-2", "F-3", "F-4")}  # what a ladder alone tells

REPORT_STATES = {"draft": N_("草稿"), "submitted": N_("待审核"), "approved": N_("已通过"), "returned": N_("已退回")}

FUNDING_SOURCES = {
    "cbi": N_("中央预算内投资"),
    "central_special": N_("中央财政专项"),
    "treasury_ultra_long": N_("超长期特别国债"),
    "treasury_covid": N_("抗疫特别国债"),
    "provincial_budget": N_("省级预算内"),
    "provincial": N_("省级财政"),
    "municipal": N_("市级财政"),
    "county": N_("县级财政"),
    "general_bond": N_("地方政府一般债券"),
    "special_bond": N_("地方政府专项债券"),
    "bank_loan": N_("银行贷款"),
    "world_bank": N_("世界银行贷款"),
    "self": N_("自筹"),
    "private": N_("社会资本"),
    "donation": N_("捐赠"),
    "other": N_("其他"),
}
CENTRAL_SOURCES = frozenset({"cbi", "central_special", "treasury_ultra_long", "treasury_covid"})
LEDGER_STEPS = {
    "planned": N_("计划"),
    "allocated": N_("下达"),
    "received": N_("到位"),
    "contracted": N_("合同"),
    "paid": N_("支付"),
}
LEDGER_KINDS = {"normal": N_("正常"), "refund": N_("退回"), "correction": N_("更正")}
DOCUMENT_KINDS = {
    "plan": N_("投资计划下达"),
    "forward": N_("转发分解"),
    "budget": N_("预算下达"),
    "quota": N_("预算指标"),
    "other": N_("其他文件"),
}
CONTRACT_KINDS = {
    "works": N_("施工"),
    "equipment": N_("设备"),
    "design": N_("勘察设计"),
    "supervision": N_("监理"),
    "other": N_("其他"),
}
DECISION_ACTIONS = {
    "confirm": N_("确认匹配"),
    "outside": N_("列为项目外"),
    "reject": N_("否决建议"),
    "undo": N_("撤销决定"),
}
OUTSIDE_KINDS = {"interest": N_("利息"), "refund": N_("退款"), "fee": N_("手续费"), "other": N_("其他项目外资金")}
ALIAS_KINDS = {"unit": N_("单位"), "project": N_("项目")}
IMPORT_KINDS = {
    "projects": N_("项目清单"),
    "allocations": N_("下达明细"),
    "receipts": N_("国库到账"),
    "payments": N_("支付明细"),
}
IMPORT_STATES = {"previewed": N_("待确认"), "posted": N_("已入账"), "undone": N_("已撤销")}
FINDING_STATES = {"open": N_("待处理"), "handling": N_("处理中"), "exempted": N_("已豁免"), "closed": N_("已办结")}
ESTIMATE_KINDS = {
    "feasibility_estimate": N_("估算"),
    "approved_estimate": N_("概算"),
    "construction_budget": N_("预算"),
    "contract": N_("合同"),
    "final_account": N_("决算"),
}

CATEGORIES = {
    "hospital": N_("综合医院"),
    "tcm": N_("中医医院"),
    "maternal": N_("妇幼保健机构"),
    "cdc": N_("疾病预防控制"),
    "infectious": N_("传染病救治"),
    "mental": N_("精神卫生"),
    "emergency": N_("急救"),
    "primary": N_("基层医疗卫生机构"),
    "education": N_("卫生院校"),
    "complex": N_("卫生健康综合体"),
    "other": N_("其他"),
}

# What puts an end to following a project: it will not be built, or all of it is done and it is put away.
PROJECT_ENDS = {"dropped": N_("已终止"), "archived": N_("已归档")}
ARCHIVED = {"only": N_("已归档的"), "all": N_("全部, 含已归档")}  # lists leave archived projects out otherwise
NATURES = {
    "new": N_("新建"),
    "extension": N_("扩建"),
    "rebuilding": N_("改扩建"),
    "relocation": N_("迁建"),
    "renovation": N_("改造"),
    "purchase": N_("购置"),
    "other": N_("其他"),
}  # 建设性质
CARD = {
    "content": N_("建设内容"),
    "quantities": N_("主要工程量"),
    "nature": N_("建设性质"),
    "industry": N_("所属行业"),
    "address": N_("详细地址"),
    "longitude": N_("经度"),
    "latitude": N_("纬度"),
    "legal_unit": N_("项目法人"),
    "supervising_unit": N_("日常监管直接责任单位"),
    "supervisor": N_("监管责任人"),
    "responsible": N_("项目责任人"),
    "responsible_phone": N_("责任人电话"),
    "contact": N_("联系人"),
    "contact_phone": N_("联系电话"),
    "major_code": N_("国家重大建设项目库编码"),
    "statistics_code": N_("入统编码"),
    "area_approved": N_("批复建筑面积"),
    "area_built": N_("已建建筑面积"),
    "beds_approved": N_("批复床位"),
    "beds_built": N_("已建床位"),
    "total_fen": N_("总投资"),
    "building_fen": N_("其中建安工程"),
    "equipment_fen": N_("其中设备购置"),
    "other_fen": N_("其中其他费用"),
    "year_plans": N_("年度计划"),
}  # what the card of a project holds
# How a promise came to stand no more, beside being superseded by another.
ENDINGS = {"withdrawn": N_("已撤销"), "finished": N_("已办结")}

ROLES = {
    "manager": N_("项目管理员"),
    "reviewer": N_("单位审核员"),
    "finance": N_("财务人员"),
    "dispatcher": N_("调度员"),
    "leader": N_("领导"),
    "admin": N_("系统管理员"),
    "security": N_("安全管理员"),
    "auditor": N_("审计员"),
}
# A request that a second person decides (docs/rules/requests.md), and the acts that an installation may put under it.
CONSENT_STATES = {
    "waiting": N_("待同意"),
    "emergency": N_("紧急办理, 待追认"),
    "approved": N_("已同意"),
    "returned": N_("未同意"),
    "withdrawn": N_("已撤回"),
    "overtaken": N_("已过时"),
}
CONSENT_KINDS = {
    "account.password": N_("重置密码"),
    "account.factor": N_("停用动态码"),
    "account.stop": N_("停用账号"),
    "account.resume": N_("恢复账号"),
    "account.role": N_("修改权限"),
    "two_person": N_("修改双人办理的范围"),
    "months.reopen": N_("重新开账"),
    "rules.adopt": N_("采用规则"),
    "rules.choose": N_("改选规则"),
    "limits.set": N_("修改资金限额"),
    "limits.add": N_("另加一行资金限额"),
    "document.change": N_("修改规划文件"),
    "programme.members": N_("增减项目群的项目"),
    "promise.correct": N_("更正承诺"),
    "promise.move": N_("变更承诺"),
    "promise.end": N_("撤销或办结承诺"),
    "project.merge": N_("合并重复的项目"),
    "project.drop": N_("终止项目"),
    "project.revive": N_("恢复已终止的项目"),
    "gate.record": N_("登记审批节点"),
    "gate.waive": N_("登记不办"),
    "gate.clear": N_("撤销审批登记"),
    "plan.save": N_("修改计划"),
    "stop.note": N_("登记停工或复工"),
    "stop.correct": N_("更正停工或复工"),
    "stop.withdraw": N_("撤销停工或复工"),
    "sum.set": N_("修改批复金额"),
    "weights.set": N_("修改阶段权重"),
    "baseline.set": N_("改定基准计划"),
}
UNIT_KINDS = {
    "commission": N_("卫生健康委"),
    "hospital": N_("医院"),
    "public_health": N_("公共卫生机构"),
    "primary": N_("基层医疗卫生机构"),
    "builder": N_("代建或平台公司"),
    "other": N_("其他单位"),
}
PLACE_LEVELS = {"province": N_("省级"), "city": N_("市级"), "county": N_("县级")}
# Groups of changes that move a project's verdicts or what they are measured by: approved unless an installation says
# otherwise. The other groups of TWO_PERSON are done by one person until it says so.
CHANGES = {
    "gates": N_("审批与验收"),
    "plan": N_("计划日期与计划层数"),
    "stops": N_("停工与复工"),
    "sums": N_("批复金额"),
    "weights": N_("阶段权重"),
    "baseline": N_("基准计划"),
    "promises": N_("承诺的更正、变更和撤销"),
    "drops": N_("项目的终止和恢复"),
}
MEASURING = CHANGES.keys() - {"gates"}  # what a project's figures are measured by; a gate is a fact of its own
TWO_PERSON = {"months": N_("重新开账"), "rules": N_("采用或改选规则"), "limits": N_("修改资金限额"), **CHANGES}
APPROVALS = {"0": N_("一个人办理"), "1": N_("另一个人审批"), "2": N_("先单位审核员, 再调度员审批")}
PRECISIONS = ("day", "month", "year")
