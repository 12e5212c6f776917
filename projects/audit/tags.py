"""What may be recorded: an enum with the grammar `subject:object:action`."""

from __future__ import annotations

from enum import StrEnum


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
    PLAN_CHANGED = "project:plan:changed"
    LEDGER_POSTED = "project:ledger:posted"
    LEDGER_REVERSED = "project:ledger:reversed"
    COMPOSITION_CHANGED = "project:composition:changed"
