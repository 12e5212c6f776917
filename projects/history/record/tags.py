"""What may be recorded: an enum with the grammar `subject:object:action`."""

from __future__ import annotations

from enum import StrEnum

from projects.core.text import N_


class Tag(StrEnum):
    """Every kind of change that leaves a record."""

    CATALOGUE_LOADED = "system:catalogue:loaded"
    DEMO_LOADED = "system:demo:loaded"
    DEMO_CLEARED = "system:demo:cleared"
    PACK_REMOVED = "system:pack:removed"
    PLACES_LOADED = "system:places:loaded"
    PLACE_ADDED = "register:place:added"
    HOME_CHOSEN = "register:place:chosen"
    UNIT_ADDED = "register:unit:added"
    UNIT_CHANGED = "register:unit:changed"
    UNIT_MERGED = "register:unit:merged"
    UNIT_REMOVED = "register:unit:removed"
    PLAN_DOCUMENT_ADDED = "register:document:added"
    PLAN_DOCUMENT_CHANGED = "register:document:changed"
    PLAN_DOCUMENT_REMOVED = "register:document:removed"
    PLAN_READ = "register:reading:made"
    PLAN_READING_ENDED = "register:reading:ended"
    PROPOSAL_ACCEPTED = "register:proposal:accepted"
    PROPOSAL_REJECTED = "register:proposal:rejected"
    PROPOSAL_REOPENED = "register:proposal:reopened"
    CLAUSE_ADDED = "register:clause:added"
    CLAUSE_CHANGED = "register:clause:changed"
    CLAUSE_REMOVED = "register:clause:removed"
    PROGRAMME_ADDED = "register:programme:added"
    PROGRAMME_CHANGED = "register:programme:changed"
    PROGRAMME_REMOVED = "register:programme:removed"
    PROJECT_ADDED = "project:project:added"
    PROJECT_CHANGED = "project:project:changed"
    PROJECT_REMOVED = "project:project:removed"
    PROJECTS_MERGED = "project:project:merged"
    PROJECT_HANDED_OVER = "project:project:handed-over"
    PROJECT_DROPPED = "project:project:dropped"
    PROJECT_REVIVED = "project:project:revived"
    PROJECT_ARCHIVED = "project:project:archived"
    PROJECT_UNARCHIVED = "project:project:unarchived"
    CARD_CHANGED = "project:card:changed"
    PROMISE_ADDED = "project:promise:added"
    PROMISE_CORRECTED = "project:promise:corrected"
    PROMISE_MOVED = "project:promise:moved"
    PROMISE_ENDED = "project:promise:ended"
    PROMISE_REMOVED = "project:promise:removed"
    STATUS_REBUILT = "system:status:rebuilt"
    USER_CREATED = "user:account:created"
    USER_SIGNED_IN = "user:session:started"
    USER_SIGNED_OUT = "user:session:ended"
    SIGN_IN_REFUSED = "user:session:refused"
    IDENTITY_PROVED = "user:identity:proved"
    PASSWORD_CHANGED = "user:password:changed"  # noqa: S105 - a tag, not a password
    PASSWORD_RESET = "user:password:reset"  # noqa: S105
    ACCOUNT_STOPPED = "user:account:stopped"
    ACCOUNT_RESUMED = "user:account:resumed"
    ACCOUNT_UNLOCKED = "user:account:unlocked"
    SESSIONS_ENDED = "user:sessions:ended"
    ROLE_CHANGED = "user:role:changed"
    PLACES_CONFIRMED = "user:places:confirmed"
    FACTOR_ADDED = "user:factor:added"
    FACTOR_REMOVED = "user:factor:removed"
    TOKEN_MADE = "user:token:made"  # noqa: S105 - a tag, not a token
    TOKEN_REVOKED = "user:token:revoked"  # noqa: S105
    TOKEN_REFUSED = "user:token:refused"  # noqa: S105
    FILE_HANDED_OVER = "user:file:handed-over"
    REQUEST_REFUSED = "user:request:refused"
    REQUEST_MADE = "user:request:made"
    CONSENT_ASKED = "consent:request:proposed"
    CONSENT_FIRST = "consent:request:first"
    CONSENT_GIVEN = "consent:request:approved"
    CONSENT_RETURNED = "consent:request:returned"
    CONSENT_WITHDRAWN = "consent:request:withdrawn"
    CONSENT_OVERTAKEN = "consent:request:overtaken"
    CONSENT_FORESTALLED = "consent:request:emergency"
    TWO_PERSON_CHANGED = "consent:setting:changed"
    AUDIT_READ = "audit:history:read"
    AUDIT_EXPORTED = "audit:history:exported"
    AUDIT_VERIFIED = "audit:history:verified"
    AUDIT_ARCHIVED = "audit:history:archived"
    AUDIT_PURGED = "audit:history:purged"
    AUDIT_RESTORED = "audit:history:restored"
    LANGUAGE_CHOSEN = "user:language:chosen"
    REPORT_SAVED = "project:report:saved"
    REPORT_SUBMITTED = "project:report:submitted"
    REPORT_APPROVED = "project:report:approved"
    REPORT_RETURNED = "project:report:returned"
    REPORT_CORRECTED = "project:report:corrected"
    GATE_RECORDED = "project:gate:recorded"
    GATE_WAIVED = "project:gate:waived"
    GATE_CLEARED = "project:gate:cleared"
    PLAN_CHANGED = "project:plan:changed"
    WEIGHTS_CHANGED = "project:weights:changed"
    BASELINE_CHANGED = "project:baseline:changed"
    LEDGER_POSTED = "project:ledger:posted"
    LEDGER_REVERSED = "project:ledger:reversed"
    COMPOSITION_CHANGED = "project:composition:changed"
    RULES_ADOPTED = "rules:set:adopted"
    RULES_CHOSEN = "rules:set:chosen"
    WORKS_STOPPED = "project:works:stopped"
    WORKS_RESUMED = "project:works:resumed"
    WORKS_CORRECTED = "project:works:corrected"
    WORKS_WITHDRAWN = "project:works:withdrawn"
    LIGHT_EXEMPTED = "project:light:exempted"
    EXEMPTION_ENDED = "project:exemption:ended"
    DOCUMENT_ADDED = "funding:document:added"
    DOCUMENT_LINKED = "funding:document:linked"
    DOCUMENT_LINES_POSTED = "funding:document:posted"
    RECEIPT_ADDED = "funding:receipt:added"
    RECEIPT_REVERSED = "funding:receipt:reversed"
    CONTRACT_ADDED = "project:contract:added"
    CONTRACT_CORRECTED = "project:contract:corrected"
    WORK_CONFIRMED = "project:work:confirmed"
    MONTH_CLOSED = "funding:month:closed"
    MONTH_REOPENED = "funding:month:reopened"
    FINDING_HANDLED = "project:finding:handled"
    LIMIT_CHANGED = "funding:limit:changed"
    IMPORT_POSTED = "funding:import:posted"
    IMPORT_UNDONE = "funding:import:undone"
    LEDGER_TAKEN_OVER = "register:ledger:taken-over"
    LEDGER_UNDONE = "register:ledger:undone"
    REGISTER_TAKEN_IN = "register:book:taken-in"
    REGISTER_UNDONE = "register:book:undone"
    MONTHS_TAKEN_OVER = "register:ledger-months:approved"
    MONTHS_REFUSED = "register:ledger-months:refused"
    MATCH_CONFIRMED = "funding:match:confirmed"
    MATCH_OUTSIDE = "funding:match:outside"
    MATCH_REJECTED = "funding:match:rejected"
    MATCH_UNDONE = "funding:match:undone"
    FILE_ADDED = "project:file:added"
    FILE_REMOVED = "project:file:removed"
    FILE_DOWNLOADED = "project:file:downloaded"


FORMER = N_("其他操作")  # of an entry whose kind is no more
WORDS = {
    Tag.CATALOGUE_LOADED: N_("载入目录"),
    Tag.DEMO_LOADED: N_("载入示例"),
    Tag.DEMO_CLEARED: N_("清除示例"),
    Tag.PACK_REMOVED: N_("移除五个规划文件及示例"),
    Tag.PLACES_LOADED: N_("载入地区"),
    Tag.PLACE_ADDED: N_("添加地区"),
    Tag.HOME_CHOSEN: N_("填写本单位所在地"),
    Tag.UNIT_ADDED: N_("登记单位"),
    Tag.UNIT_CHANGED: N_("修改单位"),
    Tag.UNIT_MERGED: N_("合并单位"),
    Tag.UNIT_REMOVED: N_("删除单位"),
    Tag.PLAN_DOCUMENT_ADDED: N_("登记规划文件"),
    Tag.PLAN_DOCUMENT_CHANGED: N_("修改规划文件"),
    Tag.PLAN_DOCUMENT_REMOVED: N_("删除规划文件"),
    Tag.PLAN_READ: N_("阅读规划文件"),
    Tag.PLAN_READING_ENDED: N_("结束阅读"),
    Tag.PROPOSAL_ACCEPTED: N_("接受阅读所得"),
    Tag.PROPOSAL_REJECTED: N_("不取阅读所得"),
    Tag.PROPOSAL_REOPENED: N_("撤回对阅读所得的决定"),
    Tag.CLAUSE_ADDED: N_("登记条款"),
    Tag.CLAUSE_CHANGED: N_("修改条款"),
    Tag.CLAUSE_REMOVED: N_("删除条款"),
    Tag.PROGRAMME_ADDED: N_("登记项目群"),
    Tag.PROGRAMME_CHANGED: N_("修改项目群"),
    Tag.PROGRAMME_REMOVED: N_("删除项目群"),
    Tag.PROJECT_ADDED: N_("登记项目"),
    Tag.PROJECT_CHANGED: N_("更正项目"),
    Tag.PROJECT_REMOVED: N_("删除项目"),
    Tag.PROJECTS_MERGED: N_("合并重复的项目"),
    Tag.PROJECT_HANDED_OVER: N_("更换项目管理员"),
    Tag.PROJECT_DROPPED: N_("终止项目"),
    Tag.PROJECT_REVIVED: N_("恢复已终止的项目"),
    Tag.PROJECT_ARCHIVED: N_("归档项目"),
    Tag.PROJECT_UNARCHIVED: N_("取消归档"),
    Tag.CARD_CHANGED: N_("修改项目卡片"),
    Tag.PROMISE_ADDED: N_("登记承诺"),
    Tag.PROMISE_CORRECTED: N_("更正承诺"),
    Tag.PROMISE_MOVED: N_("变更承诺"),
    Tag.PROMISE_ENDED: N_("撤销或办结承诺"),
    Tag.PROMISE_REMOVED: N_("收回误登的承诺"),
    Tag.STATUS_REBUILT: N_("重算判断"),
    Tag.USER_CREATED: N_("新建用户"),
    Tag.USER_SIGNED_IN: N_("登录"),
    Tag.USER_SIGNED_OUT: N_("退出"),
    Tag.SIGN_IN_REFUSED: N_("登录被拒"),
    Tag.IDENTITY_PROVED: N_("再次确认身份"),
    Tag.PASSWORD_CHANGED: N_("修改密码"),
    Tag.PASSWORD_RESET: N_("重置密码"),
    Tag.ACCOUNT_STOPPED: N_("停用账号"),
    Tag.ACCOUNT_RESUMED: N_("恢复账号"),
    Tag.ACCOUNT_UNLOCKED: N_("解除锁定"),
    Tag.SESSIONS_ENDED: N_("结束登录"),
    Tag.ROLE_CHANGED: N_("修改权限"),
    Tag.PLACES_CONFIRMED: N_("确认全部地区"),
    Tag.FACTOR_ADDED: N_("启用动态码"),
    Tag.FACTOR_REMOVED: N_("停用动态码"),
    Tag.TOKEN_MADE: N_("新建令牌"),
    Tag.TOKEN_REVOKED: N_("撤销令牌"),
    Tag.TOKEN_REFUSED: N_("令牌被拒"),
    Tag.FILE_HANDED_OVER: N_("导出或下载"),
    Tag.REQUEST_REFUSED: N_("请求被拒"),
    Tag.REQUEST_MADE: N_("提交请求"),
    Tag.CONSENT_ASKED: N_("提出申请"),
    Tag.CONSENT_FIRST: N_("第一级同意申请"),
    Tag.CONSENT_GIVEN: N_("同意申请"),
    Tag.CONSENT_RETURNED: N_("不同意申请"),
    Tag.CONSENT_WITHDRAWN: N_("撤回申请"),
    Tag.CONSENT_OVERTAKEN: N_("申请已过时"),
    Tag.CONSENT_FORESTALLED: N_("紧急办理"),
    Tag.TWO_PERSON_CHANGED: N_("修改双人办理的范围"),
    Tag.AUDIT_READ: N_("查阅审计记录"),
    Tag.AUDIT_EXPORTED: N_("导出审计记录"),
    Tag.AUDIT_VERIFIED: N_("校验审计记录"),
    Tag.AUDIT_ARCHIVED: N_("归档审计记录"),
    Tag.AUDIT_PURGED: N_("清除已归档的审计记录"),
    Tag.AUDIT_RESTORED: N_("确认从旧备份恢复"),
    Tag.LANGUAGE_CHOSEN: N_("切换语言"),
    Tag.REPORT_SAVED: N_("保存月报"),
    Tag.REPORT_SUBMITTED: N_("提交月报"),
    Tag.REPORT_APPROVED: N_("通过月报"),
    Tag.REPORT_RETURNED: N_("退回月报"),
    Tag.REPORT_CORRECTED: N_("更正月报"),
    Tag.GATE_RECORDED: N_("登记审批节点"),
    Tag.GATE_WAIVED: N_("免办审批节点"),
    Tag.GATE_CLEARED: N_("撤销审批节点"),
    Tag.PLAN_CHANGED: N_("修改计划"),
    Tag.WEIGHTS_CHANGED: N_("修改阶段权重"),
    Tag.BASELINE_CHANGED: N_("改定基准计划"),
    Tag.LEDGER_POSTED: N_("登记资金"),
    Tag.LEDGER_REVERSED: N_("冲销资金"),
    Tag.COMPOSITION_CHANGED: N_("修改资金构成"),
    Tag.RULES_ADOPTED: N_("采用规则"),
    Tag.RULES_CHOSEN: N_("改选规则"),
    Tag.WORKS_STOPPED: N_("登记停工"),
    Tag.WORKS_RESUMED: N_("登记复工"),
    Tag.WORKS_CORRECTED: N_("更正停工或复工记录"),
    Tag.WORKS_WITHDRAWN: N_("撤销停工或复工记录"),
    Tag.LIGHT_EXEMPTED: N_("批准豁免"),
    Tag.EXEMPTION_ENDED: N_("结束豁免"),
    Tag.IMPORT_POSTED: N_("导入入账"),
    Tag.IMPORT_UNDONE: N_("撤销导入"),
    Tag.LEDGER_TAKEN_OVER: N_("台账入库"),
    Tag.REGISTER_TAKEN_IN: N_("登记簿入库"),
    Tag.REGISTER_UNDONE: N_("撤销登记簿入库"),
    Tag.LEDGER_UNDONE: N_("撤销台账"),
    Tag.MONTHS_TAKEN_OVER: N_("通过接收的历史月报"),
    Tag.MONTHS_REFUSED: N_("不接收历史月报"),
    Tag.MATCH_CONFIRMED: N_("确认到账匹配"),
    Tag.MATCH_OUTSIDE: N_("到账列为项目外"),
    Tag.MATCH_REJECTED: N_("否决匹配建议"),
    Tag.MATCH_UNDONE: N_("撤销匹配决定"),
    Tag.DOCUMENT_ADDED: N_("登记资金文件"),
    Tag.DOCUMENT_LINKED: N_("连接上级文件"),
    Tag.DOCUMENT_LINES_POSTED: N_("登记下达明细"),
    Tag.RECEIPT_ADDED: N_("登记到账"),
    Tag.RECEIPT_REVERSED: N_("冲销到账"),
    Tag.CONTRACT_ADDED: N_("登记合同"),
    Tag.CONTRACT_CORRECTED: N_("更正合同金额"),
    Tag.WORK_CONFIRMED: N_("确认已完工程价款"),
    Tag.MONTH_CLOSED: N_("月末结账"),
    Tag.MONTH_REOPENED: N_("重新开账"),
    Tag.FINDING_HANDLED: N_("处理资金问题"),
    Tag.LIMIT_CHANGED: N_("修改资金限额"),
    Tag.FILE_ADDED: N_("添加文件"),
    Tag.FILE_REMOVED: N_("移除文件"),
    Tag.FILE_DOWNLOADED: N_("下载文件"),
}


def tag_word(tag: str) -> str:
    """The word for a kind of entry."""
    return WORDS[Tag(tag)] if tag in set(Tag) else FORMER
