"""The words of the gate template, marked for the catalogue; a test holds them equal to projects/data/gates.yaml, which
also carries the English.
"""

from __future__ import annotations

from projects.core.text import N_

GATES = (
    N_("入库"),
    N_("项目建议书"),
    N_("申报"),
    N_("选址意见"),
    N_("可行性研究"),
    N_("用地规划许可"),
    N_("环评"),
    N_("节能审查"),
    N_("初步设计及概算"),
    N_("列入年度计划"),
    N_("工程规划许可"),
    N_("施工图审查"),
    N_("招标合同"),
    N_("施工许可"),
    N_("开工"),
    N_("主体封顶"),
    N_("完工"),
    N_("规划核实"),
    N_("消防验收"),
    N_("环保验收"),
    N_("竣工验收"),
    N_("投入使用"),
    N_("备案"),
    N_("财务决算"),
    N_("整体运营"),
)
LAWS = (
    N_("政府投资条例"),
    N_("建设工程质量管理条例"),
    N_("消防法"),
    N_("城乡规划法"),
    N_("环境影响评价法"),
    N_("建设项目环境保护管理条例"),
    N_("节约能源法"),
    N_("建筑法"),
    N_("基本建设项目竣工财务决算管理暂行办法"),
)
RULES = (
    N_("未批先建"),
    N_("环评未批先建"),
    N_("未经节能审查先建"),
    N_("未核实先验收"),
    N_("未验先用"),
    N_("消防未验先用"),
    N_("环保未验先用"),
    N_("未批先列"),
    N_("许可证有效期"),
    N_("环评有效期"),
    N_("备案期限"),
    N_("决算期限"),
    N_("选址意见有效期"),
    N_("可研批复有效期"),
)
KINDS = {
    "broken": N_("先后颠倒"),
    "missing": N_("缺前置手续"),
    "late": N_("办理超期"),
    "overdue": N_("已超期未办"),
    "countdown": N_("倒计时"),
    "notice": N_("提示"),
}
STATES = {"passed": N_("已办"), "waived": N_("不办"), "open": N_("未办")}
