"""What the samples say about lights: plain values, the same on every run."""

from __future__ import annotations

import datetime as dt

# Projects whose works have begun and that are not in the statistics, with the reason; the others that have begun are.
NOT_ENTERED = {
    "jdz21-03-xinqu": "示例: 合同备案名称与施工许可不一致, 统计部门要求补正",
    "yc21-03-jikong": "示例: 统计库升级, 等待重新申报",
}
# A light out of the count: project, light, reason, who asked, from, until.
EXEMPTIONS = (
    (
        "yc21-03-jikong",
        "entry",
        "示例: 统计部门同意年底前统一入库",
        "示例: 项目单位来函",
        dt.date(2021, 11, 8),
        dt.date(2021, 12, 31),
    ),
)
# A programme that follows another rule set: programme, set, reason, since.
CHOICES = (("jn21-jiuge-xianji", "ratio", "示例: 县级项目按序时进度比例调度", dt.date(2021, 3, 1)),)
# When works stood still: project, stopped, resumed, why.
STOPS = (("jn21-03-zhongzheng", dt.date(2021, 5, 10), dt.date(2021, 5, 28), "示例: 地下室涌水处理"),)
