"""A sum split by source as it was typed: rows of source and amount that add up to the whole.

Rule M-17 of docs/rules/money.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from projects.core.complaints import choice_complaint
from projects.core.errors import InvalidError
from projects.core.money import parse_fen, plain_yuan
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES

ROWS = 8


def split(total_fen: int | None, rows: Sequence[tuple[str, str]], unit: str) -> dict[str, int]:
    """Fen by source; InvalidError names each row that can't be taken (`source_1`, `part_1`, counted from 1), and
    `amount` where the rows are not the whole.

    A single row without an amount of its own takes the whole.
    """
    typed = [
        (number, source.strip(), part.strip())
        for number, (source, part) in enumerate(rows, 1)
        if source.strip() or part.strip()
    ]
    wrong: dict[str, Text] = {}
    found: dict[str, int] = {}
    first: dict[str, int] = {}
    if total_fen is None or total_fen <= 0:
        wrong["amount"] = Text(N_("请填写合计金额, 须大于 0"))
    if not typed:
        wrong["source_1"] = Text(N_("请至少填写一行资金来源"))
    for number, source, part in typed:
        if problem := _source_problem(number, source, first):
            wrong[f"source_{number}"] = problem
            continue
        first[source] = number
        fen = total_fen if len(typed) == 1 and not part else _fen(part, unit)
        if fen is None or fen <= 0:
            params = {"row": number, "text": part[:40]}
            wrong[f"part_{number}"] = Text(
                N_("第 %(row)s 行: “%(text)s”不是可用的金额, 请写成 1234.56 这样大于 0 的数")
                if part
                else N_("第 %(row)s 行: 请填写金额"),
                params,
            )
        else:
            found[source] = fen
    if not wrong and total_fen is not None and sum(found.values()) != total_fen:
        params = {
            "sum": plain_yuan(sum(found.values())),
            "total": plain_yuan(total_fen),
            "gap": plain_yuan(abs(total_fen - sum(found.values()))),
        }
        wrong["amount"] = Text(N_("各行合计 %(sum)s 元, 与合计金额 %(total)s 元相差 %(gap)s 元"), params)
    if wrong:
        raise InvalidError(wrong)
    return found


def _source_problem(number: int, source: str, first: dict[str, int]) -> Text | None:
    if not source:
        return Text(N_("第 %(row)s 行: 请选择资金来源"), {"row": number})
    if problem := choice_complaint(source, FUNDING_SOURCES):
        return problem
    if source in first:
        return Text(N_("第 %(row)s 行与第 %(first)s 行是同一来源, 请合成一行"), {"row": number, "first": first[source]})
    return None


def _fen(text: str, unit: str) -> int | None:
    try:
        return parse_fen(text, unit)
    except (ValueError, KeyError):
        return None


def spelled(parts: dict[str, int]) -> str:
    """A split as one text, by which a form says what its reader saw: `cbi:100,county:50`."""
    return ",".join(f"{source}:{fen}" for source, fen in sorted(parts.items()) if fen)
