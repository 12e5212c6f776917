"""A treasury's year for measuring the matching desk: invented places and units, lines, receipts with the mess of real
memos, and the truth.

`plain` has the mess that treasuries make every day; `rough` adds what a rule made for the plain kind has not seen:
typing mistakes, letters read as digits, other abbreviations, renamed units, two numbers in one memo, odd shares, and
money of other kinds that looks like an allocation.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.receipt_words import (
    FULL_WIDTH,
    ISSUERS,
    NAMES_OF_SOURCES,
    ROUGH_SHORT,
    ROUGH_STRAYS,
    ROUGH_TREASURY,
    SHORT,
    STRAYS,
    TOWNS,
    TREASURY,
    UNITS,
    WORKS,
)
from projects.core.money import plain_yuan
from projects.money.matching.facts import MatchedPart, OpenLine, Receipt


@dataclass
class Year:
    """Everything that was made; `truth` holds for each receipt its parts, none where it belongs to no line."""

    lines: list[OpenLine] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    truth: dict[str, tuple[MatchedPart, ...]] = field(default_factory=dict)


def make(seed: int, projects: int = 200, *, rough: bool = False) -> Year:
    """A year; the same for the same arguments."""
    dice = random.Random(f"{seed}-{projects}-{rough}")
    return _Maker(dice, rough).year(projects)


class _Maker:
    def __init__(self, dice: random.Random, rough: bool) -> None:
        self.dice, self.rough = dice, rough
        self.left: dict[str, int] = {}
        self.made: list[tuple[Receipt, tuple[MatchedPart, ...]]] = []

    def year(self, projects: int) -> Year:
        lines = self._lines(self._projects(projects))
        self.left = {line.key: line.amount_fen for line in lines}
        order = lines[:]
        self.dice.shuffle(order)
        for line in order:
            if self.left[line.key] and self.dice.random() > 0.1:
                self._pay(line, lines)
        self._strays(lines)
        made = sorted(self.made, key=lambda one: (one[0].received_on, one[0].key))
        return Year(lines, [receipt for receipt, _ in made], {receipt.key: parts for receipt, parts in made})

    def _projects(self, count: int) -> list[tuple[str, str, str]]:
        found: dict[str, tuple[str, str, str]] = {}
        while len(found) < count:
            town, unit, works = (self.dice.choice(words) for words in (TOWNS, UNITS, WORKS))
            name = (
                f"{town}{unit}{works}"
                + self.dice.choice(["", "项目", "建设项目"])
                + self.dice.choice(["", "", "", "", "(一期)", "(二期)"])
            )
            if name in found:
                name = f"{town}{unit}{works}{len(found)}号楼"
            found[name] = (f"2501-{430000 + len(found) // 1000}-84-01-{100000 + len(found)}", name, town + unit)
        return list(found.values())

    def _lines(self, projects: list[tuple[str, str, str]]) -> list[OpenLine]:
        found: list[OpenLine] = []
        for _ in range(max(6, len(projects) // 5)):
            source, prefix, _weight = self.dice.choices(ISSUERS, [one[2] for one in ISSUERS])[0]
            number = f"{prefix}〔2025〕{self.dice.randint(1, 90)}号"
            issued = dt.date(2025, 1, 5) + dt.timedelta(days=self.dice.randint(0, 240))
            for code, name, unit in self.dice.sample(projects, min(len(projects), self.dice.randint(1, 12))):
                fen = self.dice.choice(
                    [
                        self.dice.randint(5, 900) * 1_000_000,
                        self.dice.randint(1, 60) * 10_000_000,
                        self.dice.randint(10_000_000, 900_000_000),
                    ]
                )
                found.append(OpenLine(f"L{len(found):05d}", number, issued, code, name, unit, "", source, fen, fen))
        return found

    def _pay(self, line: OpenLine, lines: list[OpenLine]) -> None:
        chance = self.dice.random()
        first = line.issued_on + dt.timedelta(days=self.dice.randint(5, 160))
        if chance < 0.2:
            untouched = [one for one in lines if one is not line and self.left[one.key] == one.amount_fen]
            same = [
                one
                for one in untouched
                if (
                    one.project == line.project
                    if chance < 0.12
                    else (one.document, one.unit) == (line.document, line.unit)
                )
            ]
            if same:
                group = [line, *same[: self.dice.randint(1, 3)]]
                day = max(one.issued_on for one in group) + dt.timedelta(days=self.dice.randint(5, 120))
                self._receive([(one, one.amount_fen) for one in group], day, 0)
                return
        count = self.dice.choice([1, 1, 1, 2, 2, 3])
        for number in range(count):
            rest, is_last = self.left[line.key], number == count - 1
            if is_last and count > 1 and self.dice.random() < 0.3:
                return
            fen = rest if is_last else self._share(rest)
            if fen > 0:
                self._receive(
                    [(line, fen)], first + dt.timedelta(days=45 * number + self.dice.randint(0, 25)), number + 1
                )

    def _share(self, rest: int) -> int:
        if not self.rough or self.dice.random() < 0.6:
            return rest * self.dice.choice([30, 40, 50]) // 100 // 100 * 100
        if self.dice.random() < 0.5:
            return rest * self.dice.choice([20, 25, 60, 70, 80]) // 100 // 100 * 100
        return max(rest * self.dice.randint(15, 85) // 100 // 1_000_000 * 1_000_000, min(rest, 1000000))

    def _receive(self, parts: list[tuple[OpenLine, int]], day: dt.date, batch: int) -> None:
        line, total = parts[0][0], sum(fen for _, fen in parts)
        for one, fen in parts:
            self.left[one.key] -= fen
        numbers = sorted({one.document for one, _ in parts})
        words = [
            self.dice.choice(["拨", "下达", "", "付"])
            + (self._number(numbers[0]) if len(numbers) == 1 else " ".join(numbers)),
            self._name(line),
        ]
        if batch:
            words.append(self.dice.choice(["", "建设资金", "工程款", NAMES_OF_SOURCES[line.source], f"第{batch}批"]))
        elif len(parts) > 2:
            words.append("等")
        if self.rough and self.dice.random() < 0.15:
            words.append(
                self.dice.choice(
                    [
                        f"{total / 1_000_000:g}万元",
                        f"项目总投资{self.dice.randint(1, 9)}亿元",
                        f"{day:%Y年%-m月}",
                        "详见附件",
                        "按进度",
                    ]
                )
            )
        memo = " ".join(filter(None, words)) or "拨款"
        payee = (
            line.unit
            if self.dice.random() < 0.8
            else self._bare(line.unit)
            if self.dice.random() < 0.5
            else "卫生健康局基建专户"
        )
        if self.rough:
            memo, payee = self._blur(memo), self._renamed(payee, line)
        self._keep(
            day,
            self.dice.choice(ROUGH_TREASURY if self.rough else TREASURY),
            payee,
            total,
            memo,
            tuple(MatchedPart(one.key, fen) for one, fen in parts),
        )

    def _number(self, number: str) -> str:
        issuer, rest = number.split("〔")
        year, serial = rest.rstrip("号").split("〕")
        forms = [number] * 5 + [
            f"{issuer}[{year}]{serial}号",
            f"{issuer}（{year}）{serial}",
            number.translate(FULL_WIDTH),
            f"{issuer} 〔{year}〕{serial} 号",
            f"{year}年{serial}号文",
            "",
            "",
            "",
        ]
        if self.rough:
            forms += [
                f"{issuer}〔25〕{serial}号",
                f"{issuer}〕{year}〔{serial}号",
                f"{issuer}{year}年{serial}号",
                f"{issuer}【{year}】第{serial}号",
                f"〔{year}〕{serial}号",
            ]
            forms += [
                number.replace("0", "O"),
                number.replace("1", "l"),
                f"{number}(发改投资〔2024〕{self.dice.randint(100, 999)}号)",
                self._one_off(number),
            ]
        return self.dice.choice(forms)

    def _one_off(self, number: str) -> str:
        place = self.dice.choice([place for place, letter in enumerate(number) if letter.isdigit()][4:] or [0])
        return number[:place] + str(self.dice.randint(1, 9)) + number[place + 1 :]

    def _name(self, line: OpenLine) -> str:
        chance, name = self.dice.random(), line.project_name
        if chance < 0.25:
            return name
        if chance < 0.45:
            return name.replace("建设项目", "").replace("项目", "")
        if chance < 0.7:
            for full, short in (ROUGH_SHORT if self.rough and self.dice.random() < 0.5 else SHORT).items():
                if full in name:
                    name = name.replace(full, short, 1)
                    break
            return name if self.dice.random() < 0.7 else self._bare(name)
        return line.unit if chance < 0.85 else ""

    @staticmethod
    def _bare(name: str) -> str:
        return next((name.removeprefix(town) for town in TOWNS if name.startswith(town)), name)

    def _blur(self, memo: str) -> str:
        chance = self.dice.random()
        places = [place for place, letter in enumerate(memo) if "\u4e00" <= letter <= "\u9fff"]
        if chance < 0.12 and len(places) > 6:
            place = self.dice.choice(places)
            return memo[:place] + self.dice.choice(["", "玄", memo[place] * 2]) + memo[place + 1 :]
        if chance < 0.18:
            return " ".join(memo)
        if chance < 0.24:
            return (
                memo.replace("二", "⼆")
                .replace("医", "醫" if self.dice.random() < 0.2 else "医")
                .replace(" ", "\u3000")
            )
        return memo.replace(" ", "") if chance < 0.34 else memo

    def _renamed(self, payee: str, line: OpenLine) -> str:
        chance = self.dice.random()
        if chance < 0.05:
            return f"{line.unit[:3]}医疗健康集团"
        if chance < 0.10:
            return "县住房和城乡建设局" if self.dice.random() < 0.5 else "城市建设投资有限公司"
        return payee + "(基建户)" if chance < 0.16 else payee

    def _strays(self, lines: list[OpenLine]) -> None:
        for _ in range(max(3, len(self.made) // 8)):
            fen = self.dice.choice([self.dice.randint(10_000, 9_000_000_00), self.dice.choice(lines).amount_fen])
            day = dt.date(2025, 3, 1) + dt.timedelta(days=self.dice.randint(0, 300))
            payer = self.dice.choice(["中国建设银行", "市医保中心", "市财政局", "市科技局"])
            self._keep(
                day,
                payer,
                self.dice.choice(lines).unit,
                fen,
                self.dice.choice((*STRAYS, *ROUGH_STRAYS) if self.rough else STRAYS),
                (),
            )

    def _keep(self, day: dt.date, payer: str, payee: str, fen: int, memo: str, parts: tuple[MatchedPart, ...]) -> None:
        self.made.append((Receipt(f"V{len(self.made):06d}", day, payer, payee, fen, memo), parts))


def write(year: Year, folder: Path) -> None:
    """The year as the CSV files that the import commands read, and the truth as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    owners = {line.project: line for line in year.lines}
    _csv(
        folder / "projects.csv",
        ["project_code", "project_name", "project_unit", "place"],
        [[key, one.project_name, one.unit, ""] for key, one in owners.items()],
    )
    head = [
        "line_id",
        "document_number",
        "issuer",
        "issued_on",
        "project_code",
        "project_name",
        "project_unit",
        "source",
        "amount_yuan",
    ]
    rows = [
        [
            one.key,
            one.document,
            "",
            one.issued_on,
            one.project,
            one.project_name,
            one.unit,
            NAMES_OF_SOURCES[one.source],
            plain_yuan(one.amount_fen),
        ]
        for one in year.lines
    ]
    _csv(folder / "allocations.csv", head, rows)
    _csv(
        folder / "receipts.csv",
        ["voucher", "received_on", "payer", "payee", "amount_yuan", "memo"],
        [
            [one.key, one.received_on, one.payer, one.payee, plain_yuan(one.amount_fen), one.memo]
            for one in year.receipts
        ],
    )
    truth = {key: [[part.line, plain_yuan(part.amount_fen)] for part in parts] for key, parts in year.truth.items()}
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")


def _csv(path: Path, head: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


def partly_paid(year: Year, line: str, fen: int) -> Year:
    """The year with `fen` of a line paid before."""
    return replace(
        year,
        lines=[replace(one, open_fen=one.open_fen - fen, parts=1) if one.key == line else one for one in year.lines],
    )
