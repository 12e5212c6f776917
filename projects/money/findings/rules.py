"""The rules that money is held against: F-1 to F-24 of docs/rules/money.md, each with its name, its law and what is to
be done. What a law says of its own reading (条款未核对, 据转载, 据报道, 文号未见) is explained in docs/laws.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.text import N_
from projects.core.vocabulary import MONEY_RULES


@dataclass(frozen=True)
class Rule:
    """A rule by its number; `name`, `law` and `advice` are message ids.

    A warning asks for a look, the others for a remedy.
    """

    name: str
    law: str
    advice: str
    is_warning: bool = False


ESTIMATE = N_("《政府投资条例》第二十三条: 投资原则上不得超过经核定的概算")
BUDGET = N_("《预算法》第四十二条, 《预算法实施条例》第五十条")
CBI = N_("《中央预算内投资项目监督管理办法》(国家发展改革委令2023年第10号), 条款未核对")
PAYMENT = N_("财建〔2022〕183号第一条, 据转载")
NO_LAW = N_("没有全国统一规定")
SPENDING = N_("《政府投资条例》第十九条: 财政部门应当及时、足额办理政府投资资金拨付")
GUANGDONG = N_("粤发改投资〔2016〕382号第二条 (转发发改投资〔2016〕1254号), 据转载")

RULES = {
    "F-1": Rule(MONEY_RULES["F-1"], ESTIMATE, N_("核对批复来源; 确需增加的先报批")),
    "F-2": Rule(
        MONEY_RULES["F-2"],
        N_("《预算法》第十三条: 支出必须以经批准的预算为依据"),
        N_("补登下达文件, 或把到账改记到正确的来源"),
    ),
    "F-3": Rule(
        MONEY_RULES["F-3"], N_("《政府投资条例》第二十二条: 不得由施工单位垫资建设"), N_("核对支付凭证; 查明垫付的款项")
    ),
    "F-4": Rule(
        MONEY_RULES["F-4"],
        N_("《政府投资条例》第二十二条: 建设资金应当按照规定确保落实到位"),
        N_("督促地方落实配套, 或报请调整来源"),
    ),
    "F-5": Rule(
        MONEY_RULES["F-5"],
        N_(
            "青海省发展改革委 2022 年对中央预算内投资计划执行情况的通报 (文号未见, 据报道): "
            "中央投资完成率高于总投资完成率即为地方配套滞后"
        ),
        N_("督促其他来源同步支付"),
    ),
    "F-6": Rule(
        MONEY_RULES["F-6"],
        N_("发改社会规〔2019〕257号, 条款未核对"),
        N_("核对支持比例; 调整来源构成或说明适用的特殊政策"),
    ),
    "F-7": Rule(
        MONEY_RULES["F-7"],
        N_("发改投资〔2017〕649号, 发改社会〔2021〕893号, 据报道"),
        N_("核对补助标准; 超出部分由地方落实"),
    ),
    "F-8": Rule(MONEY_RULES["F-8"], CBI, N_("加快支付, 或报请调整到其他项目")),
    "F-9": Rule(MONEY_RULES["F-9"], BUDGET, N_("结余资金应收回: 核对是否仍需使用并报财政部门")),
    "F-10": Rule(
        MONEY_RULES["F-10"], N_("没有全国统一规定; 通行做法是资金进度不超前实施进度"), N_("暂停付款, 核对工程量")
    ),
    "F-11": Rule(MONEY_RULES["F-11"], ESTIMATE, N_("先报原概算审批部门调整概算")),
    "F-12": Rule(
        MONEY_RULES["F-12"],
        N_("《政府投资条例》第十二条: 概算超过估算百分之十的, 可以要求重新报送可行性研究报告"),
        N_("报告审批部门, 必要时重报可行性研究报告"),
    ),
    "F-13": Rule(MONEY_RULES["F-13"], PAYMENT, N_("按确认的已完工程价款补付到八成以上")),
    "F-14": Rule(
        MONEY_RULES["F-14"],
        N_("建质〔2017〕138号第七条, 财建〔2022〕183号第一条, 据转载"),
        N_("把质量保证金降到 3% 以内"),
    ),
    "F-15": Rule(MONEY_RULES["F-15"], CBI, N_("催办转发、分解或指标下达")),
    "F-16": Rule(
        MONEY_RULES["F-16"], GUANGDONG, N_("核对资金来源: 由地方政府落实的投资不得要求单位自筹或借款"), is_warning=True
    ),
    "F-17": Rule(
        MONEY_RULES["F-17"],
        N_("《基本建设项目竣工财务决算管理暂行办法》(财建〔2016〕503号) 第二条, 据转载"),
        N_("编报竣工财务决算"),
    ),
    "F-18": Rule(MONEY_RULES["F-18"], SPENDING, N_("催拨资金")),
    "F-19": Rule(
        MONEY_RULES["F-19"],
        N_("《政府投资条例》第十八条: 政府投资年度计划应当和本级预算相衔接"),
        N_("调整年度计划, 或核对下达文件"),
    ),
    "F-20": Rule(
        MONEY_RULES["F-20"],
        N_(
            "粤发改投资〔2014〕501号第二条 (转发发改投资〔2014〕1324号), 据转载: "
            "不得用于偿还欠债、购置土地房屋和交纳租金"
        ),
        N_("核对用途, 改由其他来源支付"),
        is_warning=True,
    ),
    "F-21": Rule(
        MONEY_RULES["F-21"],
        N_("《政府投资条例》第二十二条: 建设资金应当按照规定确保落实到位"),
        N_("督促地方下达配套资金, 或报请调整来源构成"),
    ),
    "F-22": Rule(
        MONEY_RULES["F-22"],
        N_("《建设工程质量管理条例》第十六条: 建设单位收到竣工报告后应当组织竣工验收"),
        N_("组织竣工验收; 记下验收日期"),
    ),
    "F-23": Rule(
        MONEY_RULES["F-23"],
        N_("《预算法》第十三条: 支出必须以经批准的预算为依据"),
        N_("在匹配页找到下达明细, 或列为项目外资金"),
    ),
    "F-24": Rule(
        MONEY_RULES["F-24"],
        N_("《民法典》第五百零九条: 当事人应当按照约定全面履行自己的义务"),
        N_("核对结算和补充协议: 多付的追回, 漏登的合同金额补登"),
    ),
}
WORKS_ALONE = frozenset({"F-13", "F-14"})  # of a contract of works (施工) alone: their laws speak of no other kind
# Public-health buildings: what a commission's own government must pay for. Hospitals in general are left out.
PUBLIC_HEALTH = frozenset({"cdc", "infectious", "mental", "emergency", "maternal", "primary"})
FISCAL = frozenset(
    {
        "cbi",
        "central_special",
        "treasury_ultra_long",
        "treasury_covid",
        "provincial_budget",
        "provincial",
        "municipal",
        "county",
    }
)
MISUSE = ("偿还", "还款", "旧欠", "欠款", "购地", "征地", "土地款", "购房", "租金", "租赁")
