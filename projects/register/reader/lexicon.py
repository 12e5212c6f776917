"""The words round names: what leads to a name, what ends it, what only fills. Rules RD-6 to RD-9."""

from __future__ import annotations

import re

from projects.register.reader.dates import WHEN

# A name begins behind the last of these that stands before its first noun.
LEADS = re.compile(
    r"(?:新?开工|动工|启动(?!区)|奠基|开建)(?:建设|实施|运营|试运行)?|建成(?!果|率|区)(?:并)?(?:投入使用"
    r"|投入运营|投用|启用|使用|开业|运营|投运|开放)?|竣工(?:投用)?|完工|落成|投用|启用|投入使用|投入运营"
    r"|开业运营|正式运营|完成|推进|推动|加快|加速|提速|促进|抓好|抓紧|做好|办好|实施"
    r"|建设(?!银行)好?(?:运营好?)?|(?:新改扩|改扩|扩改|迁扩|新改|新|扩|改|续|迁|重)建(?!院区)|打造"
    r"|支持|督促|指导|督导|调度|谋划|筹建|筹设|筹备|筹划|策划|规划|选址|争取|力争|力促|确保|保证|必须|务必|尽快"
    r"|尽早|早日|申报入库|入库|申报|储备|遴选|交付|封顶|组建|成立|设立|建好"
    r"|实现|落实|配合|协调|做大做强|加强|强化|包括|涉及|开展|优化|全力|积极|大力|强力|改造|提升|装修|攻坚|聚焦"
    r"|创建|争创|高标准|高质量|高水平(?!医院)|高起点|继续|持续|有序|统筹|着力|切实|稳步|扎实|深入|全面(?!二孩)"
    r"|如期|按期|按时|顺利|正式|集中力量|同步|重点|分批"
)
WEAK = re.compile(
    r"(?:[的并再]|对|在|把|将|由|以|以及|要|我市|我县|我区|我省|新(?=市|县|省|区)|等|一批|好|了|其中"
    r"|[一二三四五六七八九十]是|第[一二三四五六七八九十](?=[,:])|\d{1,2}\.|\(\d{1,2}\)|[“”])"
)
OF = re.compile(r"[^、]{2,24}?(?:元|张|平方米|万平方|亩|期间|以来|地区)的")
# What stands behind a noun and is no more of its name.
BEHIND = re.compile(
    r"开工|动工|启动(?!区)|奠基|建成(?!果|率|区)|投用|启用|投入|竣工|完工|完成|推进|推动|加快|加速|创建|争创"
    r"|创成|打造|成为|挂牌|达到|实现|力争|争取|确保|尽快|尽早|早日|主体(?!育)|封顶|试运|开业|开诊|运营|交付"
    r"|落成"
    r"|具备|通过|升办|升格|更名|装修|装饰|按期|如期|按时|全面|顺利|正式|基本(?!药)|等|建设(?=省|国|市|区域"
    r"|高水平|三|成|研究型|现代|一流|国内)|今年|年内|年底|年末|上半年|下半年|明年|20\d\d年|\d{1,2}月"
    r"|第[一二三四]季度|[,;]|土建|基础工程|桩基|前期|立项|可研"
    r"|开展|实施|筹备|筹建|选址|验收|搬迁(?=启用|入驻)|整体(?=运营|启用|投用)|加强|提高|做|\d{1,3}(?:个|家|所)"
)
# What may stand round names without changing what is promised.
_WORDS = (
    "等等 等 一批 各类 系列 重大 重点 在建 新建 拟建 续建 市级 省级 县级 区级 市属 省属 区属 公共 公益 医疗"
    " 卫生 健康 民生 社会 事业 服务 基础设施 补短板 配套 设施 专科 单体"
    " 项目 工程 建设 施工 工作 任务 进度 步伐 进程 力度 按照 计划 前 的 并 和 及 与 全面 全部 顺利 正式 如期"
    " 按期 按时 按质 保质 有序 积极 基本 同步 均 都 也 已 实现 落地"
    " 开工 动工 启动 奠基 破土 开建 建成 投用 启用 投运 投入 使用 运营 运行 试 竣工 完工 完成 落成 交付 收尾"
    " 封顶 断水 验收 主体 结构 土建 装修 装饰 内装 内部 改造 改扩建 扩建 改建 迁建"
    " 搬迁 整体 部分 分批 推进 推动 加快 加速 提速 促进 抓好 抓紧 做好 督促 指导 督导 支持 统筹 协调 调度 跟踪"
    " 加强 强化 跟进 继续 持续 确保 力争 争取 必须 务必 保证 尽快 尽早 早日"
    " 达到 具备 条件 通过 办理 到 在 于 至 底 内 以上 以内 不低于 不少于 超过 左右 过半 一半 立项 可研 可行性"
    " 研究 报告 项目建议书 初步设计 初设 概算 批复 环评 审批 报批 手续 编制"
    " 论证 前期 准备 谋划 储备 储库 筹建 筹设 筹办 筹备 选址 规划 设计 申报 入库 列入 纳入 盘子 遴选 充实 不断"
    " 努力 基础 桩基 地下室 地下 正负零 ±0 地上 安装 设备 开诊 开业 接诊"
    " 试营业 营业 对外开放 开放 入驻 门诊 工程量 形象 总 投资 年度 固定资产 万元 亿元 了 好 新址 高质量 高标准"
    " 质量 全力 大力 强力 深入 扎实 稳步 切实 着力 快 再 要 将 实施 开展"
    " 落实 步入 进入 阶段 开门 开灯 可 即 中央 预算内 专项 债券 力促 助推 其 由 我们 进场 招标 挂网 施工许可"
    " 国有 土地 征收 拆迁 用地 资金 尽 早 投入运营 各 为 投产 试点 院区 医院 整合 搬入"
)


_BY_FIRST = {
    first: sorted((word for word in _WORDS.split() if word[0] == first), key=len, reverse=True)
    for first in {word[0] for word in _WORDS.split()}
}
_NUMBER = re.compile(
    r"[一二三四五六七八九十两\d]{1,5}(?:大|个|家|所|项|处|座|幢|栋)|\d[\d,.]{0,12}%?|百分之[一二三四五六七八九十]{1,4}"
    r"|[一二三四五六七八九]成|[“”()、,:.\-—\"]"
)
PART = re.compile(r"(?:装修|改造|主体|封顶|楼|园区?|[老旧新]院|[老旧新]址|期|病房|门诊|院区)")
FOREIGN = re.compile(
    r"小学|中学|学校|幼儿园|大桥|公路|高速|铁路|机场|地铁|公园|场馆|博物馆|图书馆|文化|体育|隧道|水库|电站|污水"
    r"|住房|小区|产业园|厂|平台|综合体|广场"
)


def _known(text: str, place: int) -> int:
    """How many letters from `place` on are a word that may stand round names."""
    if found := _NUMBER.match(text, place):
        return found.end() - place
    return next((len(word) for word in _BY_FIRST.get(text[place], ()) if text.startswith(word, place)), 0)


def residue(text: str) -> str:
    """What of a text no known word explains."""
    text = WHEN.sub("", text)
    left = []
    place = 0
    while place < len(text):
        known = _known(text, place)
        if not known:
            left.append(text[place])
        place += known or 1
    return "".join(left)
