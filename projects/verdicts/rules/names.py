"""The names and sources of the shipped rule sets (projects/data/rule_sets.yaml) as message ids, so that they are said
in the reader's language.
"""

from projects.core.text import N_

NAMES = (
    N_("按百分点差距 (银川 2025)"),
    N_("按序时进度比例 (武汉, 新晃)"),
    N_("逐月升级 (三亚 2022)"),
)
SOURCES = (
    N_(
        "银川市 2025 年 3 月公布的红黄绿灯办法: 落后序时进度 10 至 30 个百分点为黄灯, 30 个百分点以上为红灯; 当月未开"
        "工为黄"
        "灯, 连续三个月为红灯; 开工一个月未入库为黄灯, 两个月以上为红灯 (https://m.qlbk.net/news/3Ww4l7bw75"
        ".html)。资金超前 15 个百分点取自公开的实施进度跟踪软件。"
    ),
    N_(
        "武汉市重大项目管理办法: 低于序时进度 80% 为黄灯, 低于 60% 为红灯 (http://gxhyy.yfsoft.com.cn/25"
        "400.html); 新晃县 2015 年: 月任务完成低于 80% 跟踪, 低于 60% 发黄牌 (http://moment.redne"
        "t.cn/rednetcms/news/localNews/20150514/125097.html)。其余同银川。"
    ),
    N_(
        "三亚市 2022 年 5 月公布的亮牌办法: 低于序时进度 50% 以内亮黄牌, 50% 以上亮红牌, 连续两次黄牌升级为红牌 (http:"
        "//news.hndaily.cn/html/2022-05/13/content_58470_14809063.htm)。其余同银川。"
    ),
)
