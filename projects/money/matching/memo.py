"""What a receipt's words say: the documents it cites, the batch, the source, amounts, signs that it is no allocation at
all, and the names that are left.

Rules MT-2 and MT-5 of docs/rules/matching.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from projects.core.text import N_
from projects.money.documents.citations import Citation, cited, evened
from projects.money.matching.names import canonical

# Words of money that belongs to no allocation, each with the kind it would be booked as.
STRAY_WORDS = (
    ("interest", r"结息|利息|存息|孳息|计息"),
    ("refund", r"退回|退款|退汇|退票|退还|返还|退保|误汇|错汇|汇错|误付|重汇|冲正|冲账|调账|更正|多付|多拨"),
    ("deposit", r"保证金|押金|质保金|履约金|投标|标书|竞标|定金|订金"),
    (
        "fee",
        (
            r"手续费|工本费|服务费|管理费|会费|水电|电费|水费|暖气|租金|房租|租赁|停车|物业|维修|修缮|维保|维护|运维"
            r"|耗材|保洁|安保|食堂|伙食|餐费|差旅|培训|报名费|体检|检测费|挂号|门诊收入|住院收入"
        ),
    ),
    (
        "income",
        (
            r"医疗服务收入|服务收入|业务收入|营业|收入|医保|社保|结算款|药品|耗材|疫苗|废品|变卖|处置|残值|理赔|赔偿"
            r"|赔款|保险"
        ),
    ),
    (
        "other",
        (
            r"科研|课题|学科|往来|借款|还款|工资|薪|津贴|奖金|绩效|补贴|补助费|稳岗|生育|公积金|党费|党建|工会|团费"
            r"|捐赠|捐款|慰问|罚|税|转存|定期|零钱|备用金|人才|论文|会议|基药|公卫服务|医改|人员经费|公用经费|运转"
        ),
    ),
)
_STRAY = tuple((kind, re.compile(pattern)) for kind, pattern in STRAY_WORDS)
STRAY_NAMES = {
    "interest": N_("利息"),
    "refund": N_("退款或更正"),
    "deposit": N_("保证金"),
    "fee": N_("费用"),
    "income": N_("业务收入"),
    "other": N_("其他款项"),
}

# What the treasury calls its sources; the first that is found counts. Keys as in the vocabulary.
_SOURCES = (
    ("cbi", re.compile(r"中央预算内|中央基建|预算内投资|中央投资|中预")),
    ("treasury_ultra_long", re.compile(r"超长期|特别国债")),
    ("treasury_covid", re.compile(r"抗疫")),
    ("special_bond", re.compile(r"专项债|债券|专债")),
    ("general_bond", re.compile(r"一般债")),
    ("provincial_budget", re.compile(r"省级预算内|省预算内|省基建|省级基建")),
    ("provincial", re.compile(r"省级财政|省财政|省级配套|省级补助|省级资金|省配套")),
    ("municipal", re.compile(r"市级财政|市财政|市级配套|市级补助|市级资金|市配套|市本级")),
    ("county", re.compile(r"县级财政|区级财政|县财政|区财政|县级配套|区级配套|县配套|区配套|县级资金|区级资金")),
    ("central_special", re.compile(r"中央财政|中央专项|中央补助|中央资金")),
)
_BATCH = re.compile(
    r"第?([1-9一二三四五六七八九])批(?:次)?|([1-9一二三四五六七八九])期款|第([1-9一二三四五六七八九])[次笔]"
)
_DIGIT = {word: place for place, word in enumerate("一二三四五六七八九", start=1)}
_SUM = re.compile(r"(\d{1,3}(?:,\d{3}){1,5}(?:\.\d++)?|(?<!\d)\d++(?:\.\d++)?)\s*+(亿元?|万元?|元)")
_TIMES = {"亿": 10_000_000_000, "万": 1_000_000, "元": 100}
_DATES = re.compile(
    r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月(?:份|\d{1,2}日)?|\d{4}年度?|\d{4}[-./]\d{1,2}[-./]\d{1,2}|20\d{6}"
)
_PHRASES = re.compile(
    r"建设资金|项目资金|工程资金|专项资金|财政资金|投资资金|配套资金|补助资金|工程款项?|基建款|建设款|项目款|进度款|资"
    r"金|款项|专款|基本建设|基建|"
    r"财政拨款|直接支付|授权支付|国库集中支付|国库支付|集中支付|实拨|拨付给?|拨款|下达|划拨|转拨|拨转|支付|收到|转入"
    r"|划入|汇入|汇款|转账|转付|付款|补拨|追加|预拨|预付|"
    r"中央预算内投资|中央预算内|预算内投资|预算内|地方政府专项债券|专项债券?|一般债券?|债券|超长期|特别国债|省级预算内"
    r"|省级财政|市级财政|县级财政|区级财政|省级|市级|县级|区级|中央|配套|补助|"
    r"根据|依据|按照?|文件|关于|文号|附件|通知|年度|当年|本年|第一批|剩余|尾款|余款|首笔|首付|部分|全额|一次性|用于|"
    r"其中|本次|总额|合计|共计|计划|指标|预算|投资|详见|见附|摘要|用途|备注|附言|事由|项目建设|"
    r"第?(?:(?<!\d)\d++)?号?(?:凭证|凭单|支付令)号?|及|与|和|等|的|为|由|拨|付|转|收|款|号文?"
)
_TREASURY = re.compile(r"财政|国库|零余额|国家金库|支付中心|核算中心|支付局|会计中心|会计核算")
_OUTSIDERS = re.compile(
    r"医保|医疗保障|社保|社会保险|科技|税务|银行|保险|公司|工会|学会|协会|基金|教育|人社|民政|残联|法院|红十字|慈善|大"
    r"学|研究"
)
_CUSTODIAN = re.compile(
    r"卫生健康|卫健|卫生局|卫计|财政局|专户|零余额|国库|住建|建设局|代建|发展和?改革|城投|指挥部|筹建|建管|机关事务|管"
    r"委会"
)


@dataclass(frozen=True)
class Reading:
    """A receipt's words, read. `names` is what is left of the memo without known phrases, as canonical text.

    `plain` are the words of the memo that may name something, and the payee, both before learned names are written out;
    `said` are the two after that.
    """

    citations: tuple[Citation, ...]
    batch: int | None
    source: str | None
    sums: tuple[int, ...]  # fen
    stray: str | None
    stray_words: tuple[str, ...]
    names: str
    payee: str
    is_treasury: bool
    is_outsider: bool
    is_custodian: bool
    plain: tuple[str, str]
    said: tuple[str, str]

    def renamed(self, aliases: Iterable[tuple[str, str]]) -> tuple[str, str]:
        """What would be said with other learned names."""
        return _renamed(self.plain, aliases)


def read(
    memo: str, payer: str, payee: str, aliases: Iterable[tuple[str, str]] = (), prefixes: Iterable[str] = ()
) -> Reading:
    """What the words of a receipt say; `aliases` are this place's own short names, learned from confirmed matches, as
    (short, full), `prefixes` the issuers' known ones.
    """
    words = evened(memo)
    citations = cited(words, prefixes)
    for one in sorted(citations, key=lambda one: -one.start):
        words = words[: one.start] + " " + words[one.end :]
    sums = tuple(fen for found in _SUM.finditer(words) if (fen := _fen(found[1], found[2])) is not None)
    words = _SUM.sub(" ", words)
    batch = _BATCH.search(words)
    words = _BATCH.sub(" ", words)
    source = next((key for key, pattern in _SOURCES if pattern.search(words)), None)
    plain = _DATES.sub(" ", words), evened(payee)
    words, to = said = _renamed(plain, aliases)
    said_by, names = evened(payer), canonical(words)
    treasury = bool(_TREASURY.search(said_by))
    return Reading(
        citations=tuple(citations),
        batch=_count(batch) if batch else None,
        source=source,
        sums=sums,
        stray=next((kind for kind, pattern in _STRAY if pattern.search(names)), None),
        stray_words=tuple(found[0] for _, pattern in _STRAY for found in pattern.finditer(names)),
        names=_PHRASES.sub("", names),
        payee=canonical(to),
        is_treasury=treasury,
        is_outsider=not treasury and bool(_OUTSIDERS.search(said_by)),
        is_custodian=is_custodian(to),
        plain=plain,
        said=said,
    )


def _renamed(texts: tuple[str, str], aliases: Iterable[tuple[str, str]]) -> tuple[str, str]:
    words, to = texts
    for short, full in aliases:
        words, to = words.replace(short, full), to.replace(short, full)
    return words, to


def is_custodian(payee: str) -> bool:
    """Whether a payee keeps money for others (卫生健康局基建专户), so that its name says nothing of the unit."""
    return bool(_CUSTODIAN.search(payee))


def stray_outside(reading: Reading, known: str) -> bool:
    """Whether a stray word stands in the memo beyond the words of the `known` name (a 科研楼 is no research grant)."""
    return any(word not in known for word in reading.stray_words)


def _fen(number: str, unit: str) -> int | None:
    try:
        fen = Decimal(number.replace(",", "")) * _TIMES[unit[0]]
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() else None


def _count(found: re.Match[str]) -> int:
    said = found[1] or found[2] or found[3]
    return int(said) if said.isascii() else _DIGIT[said]
