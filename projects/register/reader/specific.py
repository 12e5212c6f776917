"""Which names mean one building, and which a sort of them, or none. Rule RD-22."""

from __future__ import annotations

import re

from projects.register.reader.names import BLOCK, Name

# Near 建设, and no building: clinical centres, teaching, culture; unless the verb is one of building.
_NO_BUILDING = re.compile(
    r"胸痛|卒中|创伤|危重|质控|质量控制|会诊|数据|指挥|培训|专科(?!医院|楼)|监测点|名医|人才|文化"
    r"|宣传|平安|转换|合作|标准化|床位"
)
_NEVER = re.compile(
    r"[三四五六七八九十]大[“”]?中心|互联网|无烟|智慧医院|云医院|方舱|信息|平台|系统|软件|机制|体系|改革|绩效|评审|等级|达标|医联体|医共体|联盟"
    r"|集团|工作室|医保|医改|(?<!医)学科(?!学)|示范|器械|产业基地|生产基地|出口基地|帮扶|对口"
)
OTHER_PLACE = re.compile(
    r"创建|争创|依托|设在|位于|合作|共建|协作|签约|对口|帮扶|支援|引进|引入|联合|托管|携手|对接|鼓励|吸引"
)
_WORDS = (
    "国家级 国家 外资 省级 市级 县级 区级 州级 县域 乡镇 乡 镇 街道 社区 村级 村 农村 基层 城区 城乡 公立 民营"
    " 社会办 公办 高水平 高端 高质量 优质 现代化 现代 一流 重点 三级 二级 一级"
    " 甲等 乙等 三甲 以上 及 综合性 综合 专科 区域性 区域 中心 标准化 标准 规范化 规范 智慧 国际化 国际 各类"
    " 各级 各 全市 全县 全省 全区 部分 大型 定点 新型 紧密型 城市 友善 友好"
    " 研究型 平急结合 疑难 公共 医疗 卫生 健康 服务 机构 应急 临床 医学 医院 卫生院 卫生室 服务站 基地 大楼 楼"
    " 院区 分院 新院 学校 学院 实验室 研究院 病房 病区 急救 救治 重大 疫情"
    " 疾病 试点 护理院 龙头 品牌 特色 属 直 级 的 型 性 所属 多家 诊所 站 科室 和 与 或 在 新 老 一批 所有 门诊"
    " 住院 感染 治疗 诊疗 中国 本地 外地 其他 康养 养老 托育 医养 结合 家"
    " 个 所 县 市 区 全科 专业 其中 住院医师"
)
_GENERIC = re.compile("(?:" + "|".join(sorted(map(re.escape, _WORDS.split()), key=len, reverse=True)) + r"|[“”\d])++")
_SPECIAL = re.compile(
    r"儿童|妇幼保健|妇幼|妇女|妇产|中西医结合|中医|藏医|蒙医|人民|精神|传染病?|肿瘤|口腔|老年病?|康复|血站|血液"
    r"|疾控|疾病预防控制|急救|胸科|眼科|骨科|皮肤病?|卫校|医专|职业病"
    r"|结核病?|公共卫生|公卫|心血管|保健院|妇保院"
)
_PLACED = re.compile(r"[^市县区省州旗]{0,8}?(?:自治区|自治州|自治县|[市县省州旗]|(?<![社城小院])区)(?![级域属直办])")
_ORDINAL = re.compile(r"第?[一二三四五六七八九十]{1,2}(?:人民|医院|院|中医|儿童)")
_SORTS = re.compile(r"社区|乡镇|街道|基层|卫生院|卫生室|服务站|机构|定点")
_NATIONAL = re.compile(r"(?:国家|省级|区域|国际)[一-鿿]{0,6}(?:医学|医疗|临床|救治|卫生)[一-鿿]{0,4}(?:中心|基地)$")
_LEVEL = re.compile(r"各|[县区]级|[省市县区]属医院|公立|县区|市县|区县|县域|乡镇|基层")
_SEVERAL = re.compile(r"(?<!第)[一二两三四五六七八九十\d](?:个|家(?!渠)|县|市)")
SHORTEST, LONGEST = 3, 50  # letters of a noun such as 附一院, of a name


def no_building(text: str) -> bool:
    """Whether words are about software, reforms, ratings and the like."""
    return _NEVER.search(text) is not None


def _nobody(name: Name) -> bool:
    """Whether a name is too short or long, several, a block that doesn't say of which hospital, or of a whole level."""
    if len(name.core) < SHORTEST or len(name.text) > LONGEST or _SEVERAL.search(name.text):
        return True
    if BLOCK.fullmatch(name.core):
        return True
    return _LEVEL.match(name.core) is not None and not _ORDINAL.search(name.core)


def specific(name: Name, building: bool) -> bool:
    """Whether a name means one building. Where the verb is one of building, the city's only 儿童医院 is one, too."""
    if _NEVER.search(name.text) or (_NO_BUILDING.search(name.text) and not building) or _nobody(name):
        return False
    placed = _PLACED.match(name.core)
    rest = name.core[placed.end() :] if placed else name.core
    if _ORDINAL.search(name.core) or not _GENERIC.fullmatch(_SPECIAL.sub("", rest) or "医院"):
        return True
    if placed:
        return not _SORTS.search(rest)
    if _SPECIAL.search(rest) and name.text != name.core:
        return True  # 妇产医院二期
    return building and (_SPECIAL.search(rest) is not None or _NATIONAL.search(rest) is not None)
