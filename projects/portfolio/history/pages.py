"""Pages in the words of their readers, for entries about what was asked for: none speaks of an address. Rule HI-12."""

from __future__ import annotations

from projects.core.text import N_, Text

PAGES = {
    "accounts": N_("我的账号"),
    "api": N_("数据接口"),
    "audit": N_("审计记录"),
    "catalogue": N_("项目与承诺"),
    "charts": N_("预测"),
    "contracts": N_("合同"),
    "documents": N_("资金文件"),
    "files": N_("照片和文件"),
    "findings": N_("资金问题"),
    "funding": N_("资金"),
    "gantt": N_("甘特图"),
    "gates": N_("审批节点"),
    "imports": N_("导入"),
    "matching": N_("到账匹配"),
    "money": N_("资金"),
    "people": N_("用户和权限"),
    "places": N_("地区"),
    "proof": N_("再次确认身份"),
    "record": N_("预测准不准"),
    "reports": N_("月报"),
    "requests": N_("双人办理"),
    "rules": N_("亮灯规则"),
    "schedule": N_("计划"),
    "sso": N_("统一身份认证"),
    "tokens": N_("接口令牌"),
    "units": N_("单位"),
    "cards": N_("项目卡片"),
    "book": N_("登记簿"),
    "ledgers": N_("项目台账"),
    "ends": N_("终止和归档"),
    "merging": N_("合并重复的项目"),
    "programmes": N_("项目群"),
    "promises": N_("项目与承诺"),
    "readings": N_("读规划文件"),
    "register": N_("规划文件"),
    "taken": N_("历史月报"),
    "totp": N_("动态码"),
    "treasury": N_("到账和结账"),
}  # by the area of their addresses
ACTS = {
    "accounts.change_password": N_("修改密码"),
    "accounts.choose_status_date": N_("改看另一天"),
    "accounts.drop_unsent": N_("放弃未提交的内容"),
    "accounts.end_session": N_("结束登录"),
    "accounts.extend": N_("继续使用"),
    "accounts.sign_in_now": N_("登录"),
    "accounts.sign_out": N_("退出"),
    "accounts.sign_out_everywhere": N_("结束登录"),
    "audit.verify": N_("校验审计记录"),
    "imports.create": N_("预览导入"),
    "imports.drop": N_("放弃导入"),
    "imports.post": N_("导入入账"),
    "imports.undo": N_("撤销导入"),
    "people.change_role": N_("修改权限"),
    "people.confirm_places": N_("确认全部地区"),
    "people.create_user": N_("新建用户"),
    "people.do": N_("办理账号"),
    "people.stop_resting": N_("停用账号"),
    "reports.approve": N_("通过月报"),
    "reports.correct": N_("更正月报"),
    "reports.file": N_("填报月报"),
    "reports.return_report": N_("退回月报"),
    "requests.change_two_person": N_("修改双人办理的范围"),
    "requests.decide": N_("决定申请"),
    "requests.withdraw": N_("撤回申请"),
    "rules.adopt": N_("采用规则"),
    "rules.choose": N_("改选规则"),
    "tokens.create": N_("新建令牌"),
    "tokens.revoke": N_("撤销令牌"),
    "totp.confirm": N_("启用动态码"),
    "totp.remove": N_("停用动态码"),
    "totp.start": N_("启用动态码"),
    "treasury.close": N_("月末结账"),
    "treasury.reopen": N_("重新开账"),
}  # what is done there, where that says more


def page_words(endpoint: str) -> Text:
    """What an endpoint is for; `其他页面` where the application has none of it any more."""
    area = endpoint.partition(".")[0]
    if endpoint in ACTS:
        return Text(ACTS[endpoint])
    return Text(N_("“%(page)s”页"), {"page": Text(PAGES[area])}) if area in PAGES else Text(N_("其他页面"))
