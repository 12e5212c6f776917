"""What may be recorded: an enum with the grammar `subject:object:action`."""

from __future__ import annotations

from enum import StrEnum

from projects.core.text import N_


class Tag(StrEnum):
    """Every kind of change that leaves a record."""

    CATALOGUE_LOADED = "system:catalogue:loaded"
    DEMO_LOADED = "system:demo:loaded"
    DEMO_CLEARED = "system:demo:cleared"
    STATUS_REBUILT = "system:status:rebuilt"
    USER_CREATED = "user:account:created"
    USER_SIGNED_IN = "user:session:started"
    USER_SIGNED_OUT = "user:session:ended"
    SIGN_IN_REFUSED = "user:session:refused"
    PASSWORD_CHANGED = "user:password:changed"  # noqa: S105 - a tag, not a password
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
    LEDGER_POSTED = "project:ledger:posted"
    LEDGER_REVERSED = "project:ledger:reversed"
    COMPOSITION_CHANGED = "project:composition:changed"


WORDS = {
    Tag.CATALOGUE_LOADED: N_("载入目录"),
    Tag.DEMO_LOADED: N_("载入示例"),
    Tag.DEMO_CLEARED: N_("清除示例"),
    Tag.STATUS_REBUILT: N_("重算判断"),
    Tag.USER_CREATED: N_("新建用户"),
    Tag.USER_SIGNED_IN: N_("登录"),
    Tag.USER_SIGNED_OUT: N_("退出"),
    Tag.SIGN_IN_REFUSED: N_("登录被拒"),
    Tag.PASSWORD_CHANGED: N_("修改密码"),
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
    Tag.LEDGER_POSTED: N_("登记资金"),
    Tag.LEDGER_REVERSED: N_("冲销资金"),
    Tag.COMPOSITION_CHANGED: N_("修改资金构成"),
}
