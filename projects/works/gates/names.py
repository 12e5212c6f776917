"""The words for what is found about gates; those of the template are in projects/data/gates.yaml."""

from __future__ import annotations

from projects.core.text import N_

KINDS = {
    "broken": N_("先后颠倒"),
    "missing": N_("缺前置手续"),
    "late": N_("办理超期"),
    "overdue": N_("已超期未办"),
    "countdown": N_("倒计时"),
    "notice": N_("提示"),
}
STATES = {"passed": N_("已办"), "waived": N_("不办"), "open": N_("未办")}
