"""Why a candidate is proposed, in words, and whether it needs no second look.

Rules MT-7 and MT-8 of docs/rules/matching.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from projects.core.money import exact_yuan
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.matching.amounts import Relation, oddness, relation
from projects.money.matching.candidates import CITED, Guess, Search
from projects.money.matching.doubts import doubts
from projects.money.matching.evidence import Asked, document_level
from projects.money.matching.evidence import number as numbered
from projects.money.matching.facts import OpenLine
from projects.money.matching.memo import STRAY_NAMES, stray_outside
from projects.money.matching.names import pairs
from projects.money.matching.world import World

SURE, SURER = 0.985, 0.995
OWNER_NAMED, SOME_OWNER = 1.6, 0.9  # of place and unit, each 1 where it is said in full
ODD = 4.5  # of a sum that is hardly met by chance
CONTRADICTING = frozenset({"other", "near", "strange"})
STRANGE_LETTERS = 3  # of a memo that belong to no known word
EXACT = frozenset({"whole", "rest", "share"})
_LETTERS = re.compile("[㐀-鿿]")

AMOUNT_WORDS = {
    "whole": N_("金额 %(amount)s 元等于该笔下达的全额"),
    "rest": N_("金额 %(amount)s 元等于该笔下达的剩余额"),
    "share": N_("金额 %(amount)s 元是该笔下达剩余额的 %(percent)s%%"),
    "of_total": N_("金额 %(amount)s 元是该笔下达全额的 %(percent)s%%"),
    "net": N_("金额 %(amount)s 元比该笔下达的剩余额 %(rest)s 元少几十元以内, 可能扣了手续费"),
    "rounded": N_("金额 %(amount)s 元约为该笔下达的 %(percent)s%%, 取整到万元"),
    "part": N_("金额 %(amount)s 元不超过该笔下达的剩余额 %(rest)s 元"),
}
DOCUMENT_WORDS = {
    "full": N_("摘要写有文号 %(number)s"),
    "bare": N_("摘要写有年份和序号, 与 %(number)s 相同, 未写发文字"),
    "strange": N_("摘要的文号与 %(number)s 序号相同, 发文字不同, 请核对"),
    "near": N_("摘要的文号与 %(number)s 只差一处, 可能是笔误, 请核对"),
    "other": N_("摘要写的是别的文号, 不是 %(number)s, 请核对"),
}
ABOVE_WORDS = N_("摘要写有上级文件的文号 %(above)s, 由 %(number)s 转发分解")


def relations(world: World, receipt: str, guess: Guess) -> list[tuple[OpenLine, Relation, int]]:
    """For each line: how the amount relates to it given what is booked on it before, and what was left of it in fen."""
    found = []
    when = world.cases[receipt].when
    for key, amount in guess.parts:
        line = world.lines[key]
        before = sum(paid for other, paid, _ in world.paid(key) if other < when)
        rest = line.open_fen - before
        one = relation(amount, rest, line.amount_fen)
        found.append(
            (line, one, rest)
            if one.kind != "none"
            else (line, relation(amount, line.open_fen, line.amount_fen), line.open_fen)
        )
    return found


def reasons(world: World, search: Search, receipt: str, guess: Guess, mates: Sequence[Asked] = ()) -> tuple[Text, ...]:
    """Everything that speaks for a candidate, and what should be looked at, in the order of its weight."""
    related = relations(world, receipt, guess)
    lines = [line for line, _, _ in related]
    against = doubts(world, search, guess, related, mates)
    return (
        *_of_documents(search, lines),
        *_of_amount(search, related),
        *_of_names(search, guess, lines),
        *_of_rest(search, lines),
        *against,
    )


def _of_documents(search: Search, lines: list[OpenLine]) -> list[Text]:
    return [
        text
        for text in (_of_document(search, line) for line in {line.document: line for line in lines}.values())
        if text
    ]


def _of_document(search: Search, line: OpenLine) -> Text | None:
    """How the memo cites a line's document, or the one above it that it hands on."""
    level, asked = search.level(line), search.asked
    if level == "bare" and document_level(asked, numbered(line.document)) != "bare":
        above = next((one for one in line.parents if document_level(asked, numbered(one)) == "full"), None)
        if above:
            return Text(ABOVE_WORDS, {"above": above, "number": line.document})
    return Text(DOCUMENT_WORDS[level], {"number": line.document}) if level in DOCUMENT_WORDS else None


def _of_amount(search: Search, related: list[tuple[OpenLine, Relation, int]]) -> list[Text]:
    amount = exact_yuan(search.asked.receipt.amount_fen)
    if len(related) > 1:
        return [_of_several(amount, related)]
    _, one, rest = related[0]
    kind = "of_total" if one.kind == "share" and one.of_total else one.kind
    return [Text(AMOUNT_WORDS[kind], {"amount": amount, "percent": one.percent, "rest": exact_yuan(rest)})]


def _of_several(amount: str, related: list[tuple[OpenLine, Relation, int]]) -> Text:
    said = {"amount": amount, "count": len(related)}
    if related[0][1].kind == "share":
        return Text(
            N_("金额 %(amount)s 元是 %(count)s 笔下达各 %(percent)s%% 之和"), {**said, "percent": related[0][1].percent}
        )
    if len({line.project for line, _, _ in related}) == 1:
        return Text(N_("金额 %(amount)s 元等于该项目 %(count)s 笔下达之和"), said)
    if len({line.unit for line, _, _ in related}) == 1:
        return Text(N_("金额 %(amount)s 元等于同一单位 %(count)s 笔下达之和"), said)
    return Text(N_("金额 %(amount)s 元等于该文件 %(count)s 笔下达之和, 收款方代管资金"), said)


def _of_names(search: Search, guess: Guess, lines: list[OpenLine]) -> list[Text]:
    fit, asked, own = search.fit(guess.project), search.asked, search.books.names.parts[guess.project]
    line = next(line for line in lines if line.project == guess.project)
    found = []
    if fit.works > 0.5 and not own.works.isdisjoint(asked.memo_pairs):
        found.append(Text(N_("摘要写有项目“%(name)s”"), {"name": line.project_name}))
    in_payee = asked.payee_pairs & (own.place | own.unit)
    if len(in_payee) >= 0.8 * len(own.place | own.unit):
        found.append(Text(N_("收款单位是%(unit)s"), {"unit": line.unit}))
    elif len(in_payee & own.unit) >= 0.8 * max(1, len(own.unit)):
        found.append(Text(N_("收款单位与%(unit)s同名, 未写地名"), {"unit": line.unit}))
    elif fit.unit > 0.8 and not found:
        found.append(Text(N_("摘要写有单位%(unit)s"), {"unit": line.unit}))
    return found


def _of_rest(search: Search, lines: list[OpenLine]) -> list[Text]:
    asked, issued = search.asked, max(line.issued_on for line in lines)
    days = (asked.receipt.received_on - issued).days
    found = [
        Text(N_("在下达后 %(days)s 天到账"), {"days": days})
        if days >= 0
        else Text(N_("到账早于下达 %(days)s 天, 请核对"), {"days": -days})
    ]
    if asked.reading.source and all(line.source == asked.reading.source for line in lines):
        found.append(Text(N_("摘要写有资金来源: %(source)s"), {"source": Text(FUNDING_SOURCES[asked.reading.source])}))
    if asked.reading.batch:
        found.append(Text(N_("摘要写明第 %(batch)s 批"), {"batch": asked.reading.batch}))
    if asked.reading.is_outsider:
        found.append(Text(N_("付款方不像财政部门, 请核对")))
    return found


def outside_reasons(search: Search, *, fits: bool) -> tuple[str, tuple[Text, ...]]:
    """What kind of money it would be if it belongs to no line, and why that is thought; `fits` says that some line
    might do.
    """
    reading, found = search.asked.reading, []
    if reading.stray:
        found.append(Text(N_("摘要像是%(kind)s"), {"kind": Text(STRAY_NAMES[reading.stray])}))
    if reading.is_outsider:
        found.append(Text(N_("付款方不像财政部门")))
    if not fits:
        found.append(Text(N_("没有余额足够且文号、名称相近的下达")))
    return reading.stray or "other", tuple(found) or (Text(N_("没有足够的依据归到某一笔下达")),)


def strange_letters(search: Search, project: str) -> int:
    """How many letters of the memo belong neither to the project's name nor to any known phrase."""
    said, own = search.asked.reading.names, search.books.names.parts[project].all
    known = [False] * len(said)
    for place in range(len(said) - 1):
        if not pairs(said[place : place + 2]).isdisjoint(own):
            known[place] = known[place + 1] = True
    return sum(1 for place, letter in enumerate(said) if not known[place] and _LETTERS.match(letter))


def is_confident(
    world: World, search: Search, receipt: str, guess: Guess, chance: float, mates: Sequence[Asked] = ()
) -> bool:
    """Whether the program may book it without asking: almost certain, and with words of its own that speak for it."""
    related = relations(world, receipt, guess)
    if (
        chance < SURE
        or stray_outside(search.asked.reading, search.books.names.parts[guess.project].words)
        or doubts(world, search, guess, related, mates)
    ):
        return False
    return _speaks(search, guess, related, chance)


def _speaks(search: Search, guess: Guess, related: list[tuple[OpenLine, Relation, int]], chance: float) -> bool:
    """Whether number, name and amount say enough together."""
    asked, own, fit = search.asked, search.books.names.parts[guess.project], search.fit(guess.project)
    levels = [search.level(line) for line, _, _ in related]
    cites_all = all(level in CITED for level in levels)
    named = fit.works >= 0.6 and not own.works.isdisjoint(asked.memo_pairs)
    owner = fit.place + fit.unit
    exact = all(one.kind in EXACT for _, one, _ in related) or (named and related[0][1].kind == "net")
    if not exact and not (cites_all and (named or owner > OWNER_NAMED)):
        return False
    if not CONTRADICTING.isdisjoint(levels) and not (named and exact and chance >= SURER):
        return False
    if asked.reading.is_outsider and not (cites_all and named):
        return False
    if named or cites_all:
        return (named and (cites_all or exact)) or owner > SOME_OWNER
    by_chance = len(related) > 1 and oddness(asked.receipt.amount_fen) < ODD
    return owner > SOME_OWNER and not by_chance and strange_letters(search, guess.project) < STRANGE_LETTERS
