"""What speaks against booking without asking, in words. Rules MT-8, MT-12 and MT-13 of docs/rules/matching.md."""

from __future__ import annotations

from collections.abc import Sequence

from projects.core.text import N_, Text
from projects.money.matching.amounts import USUAL, Relation, oddness
from projects.money.matching.candidates import CITED, Guess, Search
from projects.money.matching.echoes import DAYS, is_echo
from projects.money.matching.evidence import Asked, source_score
from projects.money.matching.facts import OpenLine, natural
from projects.money.matching.names import canonical
from projects.money.matching.world import World

WAN_PER = 10_000  # yuan in a 万元
SMALLEST = 100  # a payment below one part in so many of a line, and not its rest, is no progress payment
ODD = 3.0
ASSURED = frozenset({"whole", "rest"})
Related = Sequence[tuple[OpenLine, Relation, int]]


def doubts(world: World, search: Search, guess: Guess, related: Related, mates: Sequence[Asked]) -> list[Text]:
    """Everything that a person should look at before the receipt is booked so; `mates` are receipts of the same amount
    and payee within three weeks.
    """
    return [
        *_of_echoes(world, search, guess, related, mates),
        *_of_shares(related),
        *_of_size(search, related),
        *_of_documents(search, related),
        *_of_source(search, related),
    ]


def _of_echoes(world: World, search: Search, guess: Guess, related: Related, mates: Sequence[Asked]) -> list[Text]:
    own = search.asked
    for mate in mates:
        if is_echo(world, own, guess, mate):
            return [
                Text(
                    N_("%(day)s 另有一笔金额和收款单位相同的到账, 可能是退回重拨或重复登记, 请核对"),
                    {"day": mate.receipt.received_on},
                )
            ]
    amounts = dict(guess.parts)
    for line, _, _ in related:
        for day, fen in line.paid:
            if fen == amounts[line.key] and abs((own.receipt.received_on - day).days) <= DAYS:
                return [
                    Text(N_("该笔下达 %(day)s 已登记过同样金额的到账, 可能是退回重拨或重复登记, 请核对"), {"day": day})
                ]
    return []


def _of_shares(related: Related) -> list[Text]:
    """The same share of several projects' lines may be met by chance."""
    if len({line.project for line, _, _ in related}) > 1 and any(one.kind == "share" for _, one, _ in related):
        return [Text(N_("按同一比例付几个项目, 请核对各项目的金额"))]
    return []


def _of_size(search: Search, related: Related) -> list[Text]:
    amount = search.asked.receipt.amount_fen
    line, one, rest = related[0]
    if len(related) > 1 or one.kind in ASSURED or amount * SMALLEST >= line.amount_fen:
        return []
    if any(is_slip(amount, base) for base in (rest, line.amount_fen)):
        return [Text(N_("金额约为该笔下达的万分之一, 可能把万元写成了元, 请核对"))]
    return [Text(N_("金额不到该笔下达的百分之一, 请核对"))]


def is_slip(amount: int, base: int) -> bool:
    """Whether the amount looks like 万元 typed as 元: all of `base`, or a usual share, divided by 10,000 and cut or
    rounded to the fen.
    """
    return any(abs(100 * WAN_PER * amount - percent * base) <= 100 * WAN_PER for percent in (100, *USUAL))


def _of_documents(search: Search, related: Related) -> list[Text]:
    """A document that the memo cites beside those that would be paid, where the unit has a line of it: an amount that
    is not odd may be for both.
    """
    asked, books = search.asked, search.books
    if len(related) == 1:
        _, one, _ = related[0]
        if one.kind in ASSURED or (one.kind == "share" and oddness(asked.receipt.amount_fen) >= ODD):
            return []
    elif any(search.level(line) in ("other", "near", "strange") for line, _, _ in related):
        return [Text(N_("摘要的文号与其中一笔下达不符, 请核对"))]
    paid, units = {line.document for line, _, _ in related}, {canonical(line.unit) for line, _, _ in related}
    for key in sorted(books.cited(asked) & books.owned(sorted(units)), key=natural):
        line = books.lines[key]
        if line.document not in paid and search.level(line) in CITED and paid.isdisjoint(line.parents):
            return [Text(N_("摘要还写有文号 %(number)s, 该单位在其中也有下达, 请核对"), {"number": line.document})]
    return []


def _of_source(search: Search, related: Related) -> list[Text]:
    said = search.asked.reading.source
    if all(one.kind in (*ASSURED, "share") for _, one, _ in related) or all(
        source_score(said, line.source) >= 0 for line, _, _ in related
    ):
        return []
    return [Text(N_("摘要写的资金来源与该笔下达不同, 金额也不是全额或常用比例, 请核对"))]
