"""What is the name of a health building: how such names end, what may follow, and which words name no building.

Rules RD-20 to RD-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEALTH = re.compile(
    r"医院|医疗|医学|医养|医技|医专|医药|[中藏蒙]医|卫生|卫校|保健|妇幼|妇女儿童|妇儿|疾控|疾病|急救|救治|血站|血液|血防|公卫|健康|护理|疗养|养护"
    r"|康复|精神|心理|传染|门诊|病房|病区|住院|院区|临床|诊疗|口腔|肿瘤|结核|皮肤病|眼科|职业病|儿研所|核酸|[附市县省州区旗][一二三四五六七八九十]{1,2}院"
)
KIND = re.compile(
    r"医院|卫生院|保健院|妇保院|妇幼院|疗养院|护理院|养护院|福利院|防治院|研究院|[附市县省州区旗院][一二三四五六七八九十]{1,2}院|院区|分院|总院|新院"
    r"|中心(?!医院|城|区|血站|卫生院)|血站|急救站|监督所|防治所|研究所|儿研所|防治站|急救点"
    r"|卫校|医专|学院|学校|大学(?!附属|第|医院|[一-鿿]{0,6}医院)|[门急诊医技住院病房大科教综合科研实验业务行政办公感染楼传康]楼|大楼|大厦|号楼"
    r"|基地|实验室|健康城|医学城|医疗城|总部|本部|门诊部|病区|病房(?!楼)|园区|产业园|老院|[老旧]址|科技园|实训基地"
)
PHASE = r"(?:(?:第?[一二三四五六七八九十]|\d{1,2})(?:(?:、|和)[一二三四五六])?期)"
WORK = (
    r"(?:(?:整体|原址|原地|易地|异地|就地|迁址|选址|综合|全面|标准化|标准|功能|提档)?(?:新改扩建|改扩建|扩改建|迁扩建|新扩建|改建|扩建|新建|迁建|续建|重建|搬迁|改造|升级|提升|迁址|扩容|提质|筹建))"
)
TAIL = re.compile(r"(?:\([^()\n]{1,20}\)|" + PHASE + "|" + WORK + r"|新院区?|新区|新址|原址|易地|异地|工程|项目|建设)+")
MODIFIED = re.compile(
    r"(?!等|项目|工程|建设)[^,、;:()的\n年月日]{1,22}?(?:能力(?:综合)?提升|服务能力提升|综合提升|改扩建|扩建|改造|提升|配套|建设|主体装修)(?:工程|项目|建设)*"
)
ENDING = re.compile(r"(?:建设项目|工程项目|项目|工程|建设)+$")
PHASED = re.compile(r"^" + PHASE)
WORK_END = re.compile("((?:原址|易地|异地|整体)?" + WORK + ")$")
# Named, and no building: clinical centres, networks, software, teaching; unless the verb is one of building.
NO_BUILDING = re.compile(
    r"胸痛|卒中|创伤中心|危重|质控|质量控制|会诊|医联体|医共体|联合体|互联网|智慧医院|云医院|信息|平台|系统|数据|软件|指挥|名医|工作室|联盟|培训|学科|专科建设"
    r"|“?五大中心|“?四大中心|方舱|机制|体系|改革|服务站点|集团|绩效|评审|等级|达标|监测点|医保"
)
OTHER_PLACE = re.compile(r"依托|设在|位于|合作|共建|协作|签约|对口|帮扶|支援|引进|引入|联合|托管|携手|对接")
_GENERIC = re.compile(
    r"(?:国家级?|省级?|市级?|县级?|区级|州级|县域|乡镇|乡|镇|街道|社区|村级?|农村|基层|城区|城乡|公立|民营|社会办|公办|高水平|高端|高质量|优质|现代化?|一流|重点|三级|二级|一级|甲等|乙等"
    r"|三甲|以上|及|综合性?|专科|区域性?|中心|标准化?|规范化?|智慧|国际化?|各|各类|各级|全市|全县|全省|全区|部分|大型|定点|新型|紧密型|城市|友善|友好|研究型|平急结合|疑难|公共|医疗|卫生|健康|服务|机构"
    r"|应急|临床|医学|医院|卫生院|保健院|卫生室|服务站|基地|大楼|院区|分院|新院|学校|学院|实验室|研究院|病房|病区|急救|救治|重大|疫情|疾病|试点|老年|护理院|龙头|品牌|特色|属|直|级|的|型|性|所属|多家|诊所|站|科室|和|与|中西医结合|[”“])+"
)
_SPECIAL = re.compile(
    r"儿童|妇幼|妇女|妇产|中医|藏医|蒙医|人民医院|精神|传染|肿瘤|口腔|老年|康复|血站|血液|疾控|疾病预防控制|急救中心|胸科|眼科|骨科|皮肤|卫校|医专|职业病|结核|公共卫生|公卫|心血管"
)
_PLACED = re.compile(r"^(?:[^市县区省州旗]{0,8}(?:自治区|自治州|自治县|[市县区省州旗]))(?![级域属直])")


@dataclass(frozen=True)
class Name:
    """A name as it stands: [start, end) of the item; `text` without the words behind it that every project has."""

    text: str
    start: int
    end: int


def find(item: str, start: int, most: int) -> Name | None:
    """The longest name of a building that an item of a list holds from `start` on, its noun not beyond `most`."""
    ends = [found.end() for found in KIND.finditer(item, start, most)]
    if not ends:
        return None
    end = ends[-1]
    if tail := TAIL.match(item, end, most):
        end = tail.end()
    elif more := MODIFIED.match(item, end, most):
        end = more.end()
        if tail := TAIL.match(item, end, most):
            end = tail.end()
    text = ENDING.sub("", item[start:end])
    return Name(text, start, end) if HEALTH.search(text) else None


def specific(name: str, building: bool) -> bool:
    """Whether a name means one building. Where the verb is one of building, the city's only 儿童医院 is one, too."""
    bare = TAIL.sub("", name)
    if NO_BUILDING.search(name) and not building:
        return False
    if len(bare) < 3 or len(name) > 50:
        return False
    if _PLACED.match(bare) and not _GENERIC.fullmatch(bare):
        return True
    if not _GENERIC.fullmatch(_SPECIAL.sub("", bare) or "医院"):
        return True
    return bool(building and _SPECIAL.search(bare))
