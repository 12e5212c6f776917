"""What a monthly report says, and how it is read from what was typed. Rules R-2 to R-4 and R-6 of
docs/rules/reports.md.

An entry is a mapping of field names to texts, as a form, a sheet or a client hands it in: `percent_<stage key>`,
`floors_<stage key>`, `investment` (cumulative, in 万元), and the texts. What can't be read is named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from projects.core.money import parse_fen
from projects.core.text import N_, Text

TEXT_FIELDS = {
    "narrative": N_("本月进展"),
    "problems": N_("存在问题"),
    "next_plan": N_("下月计划"),
    "decrease_reason": N_("下调原因"),
    "statistics_reason": N_("未入统原因"),
}
STATISTICS = {
    "": N_("未填"),
    "yes": N_("已入统"),
    "no": N_("未入统"),
}  # whether the project is in the statistics bureau's database
LONGEST_TEXT = 4000
LONGEST_COMMENT = 1000
_WIDE = str.maketrans("０１２３４５６７８９．，％－＋　", "0123456789.,%-+ ")
_PERCENT = re.compile(r"(\d{1,9})(?:\.(\d{1,20}))?", re.ASCII)
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class ReportedStage:
    """A work stage as a report needs it; `weight` in percent of the whole, `floors` planned where they are counted."""

    id: int
    key: str
    name: str
    weight: float
    floors: int | None = None


@dataclass(frozen=True)
class Content:
    """What a report says: percents and floors done by stage key, cumulative investment in fen, texts by field name."""

    percents: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, int] = field(default_factory=dict)
    investment_fen: int | None = None
    narrative: str = ""
    problems: str = ""
    next_plan: str = ""
    decrease_reason: str = ""
    in_statistics: bool | None = None
    statistics_reason: str = ""


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: its entry, the version it had seen, and its own key, by which the same form sent twice is
    known (empty: never).
    """

    entry: Mapping[str, str]
    version: int
    key: str = ""


def overall_percent(stages: Sequence[ReportedStage], percents: Mapping[str, float]) -> float:
    """The stages' percents by their weights, cut to two decimals, so that 99.996 is not 100; 0 without weights."""
    total = sum(round(stage.weight * 100) for stage in stages)
    done = sum(round(stage.weight * 100) * round(percents.get(stage.key, 0.0) * 100) for stage in stages)
    return done // total / 100 if total else 0.0


def percent_of_floors(done: int, planned: int) -> float:
    """Floors done of floors planned in percent, cut to two decimals."""
    return 10000 * done // planned / 100


def clean_text(text: str) -> str:
    """`text` with plain line ends and without control characters or surrounding blanks (R-6)."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()


def read(entry: Mapping[str, str], stages: Sequence[ReportedStage]) -> tuple[Content, dict[str, Text]]:
    """The content of `entry`, and a message for each field that can't be read; such a field is left out of the
    content.
    """
    wrong: dict[str, Text] = {}
    percents: dict[str, float] = {}
    floors: dict[str, int] = {}
    for stage in stages:
        if stage.floors:
            done = _read_floors(entry, stage, stage.floors, wrong)
            if done is not None:
                floors[stage.key] = done
                percents[stage.key] = percent_of_floors(done, stage.floors)
            continue
        percent = _read_percent(entry, stage, wrong)
        if percent is not None:
            percents[stage.key] = percent
    texts = {name: _read_text(entry, name, wrong) for name in TEXT_FIELDS}
    in_statistics = _read_statistics(entry, texts["statistics_reason"], wrong)
    return Content(percents, floors, _read_investment(entry, wrong), in_statistics=in_statistics, **texts), wrong


def _plain(entry: Mapping[str, str], name: str) -> str:
    return _CONTROLS.sub("", entry.get(name, "")).translate(_WIDE).strip()


def _read_percent(entry: Mapping[str, str], stage: ReportedStage, wrong: dict[str, Text]) -> float | None:
    """R-2: 0 to 100 with at most two decimals; a percent sign and full-width figures are taken, powers of ten
    are not.
    """
    name = f"percent_{stage.key}"
    typed = _plain(entry, name)
    named: dict[str, object] = {"stage": Text(stage.name), "typed": _short(typed)}
    if not typed:
        wrong[name] = Text(N_("请填写“%(stage)s”的累计完成百分比, 没有开始的填 0"), named)
        return None
    match = _PERCENT.fullmatch(typed.removesuffix("%").strip())
    if not match:
        negative = _PERCENT.fullmatch(typed.removesuffix("%").strip().lstrip("-+"))
        msgid = (
            N_("“%(stage)s”填的是 %(typed)s, 应在 0 到 100 之间")
            if negative
            else N_("“%(stage)s”填的是“%(typed)s”, 不是数字, 请填 0 到 100 之间的数, 例如 48.5")
        )
        wrong[name] = Text(msgid, named)
        return None
    decimals = (match[2] or "").rstrip("0")
    hundredths = int(match[1]) * 100 + int(f"{decimals:0<2.2}")
    if hundredths > 10000 or (hundredths == 10000 and decimals):
        wrong[name] = Text(N_("“%(stage)s”填的是 %(typed)s, 应在 0 到 100 之间"), named)
        return None
    if len(decimals) > 2:
        wrong[name] = Text(N_("“%(stage)s”填的是 %(typed)s, 最多保留两位小数"), named)
        return None
    return hundredths / 100


def _read_floors(entry: Mapping[str, str], stage: ReportedStage, planned: int, wrong: dict[str, Text]) -> int | None:
    """R-3: a whole number from 0 to the floors planned; the percent follows from it."""
    name = f"floors_{stage.key}"
    typed = _plain(entry, name).removesuffix("层").strip()
    named: dict[str, object] = {"stage": Text(stage.name), "typed": _short(typed), "planned": planned}
    if not typed:
        wrong[name] = Text(N_("请填写“%(stage)s”已完成的层数 (共 %(planned)s 层), 没有开始的填 0"), named)
    elif not _WHOLE.fullmatch(typed):
        wrong[name] = Text(N_("“%(stage)s”填的是“%(typed)s”, 请填 0 到 %(planned)s 之间的整数层数"), named)
    elif int(typed) > planned:
        wrong[name] = Text(N_("“%(stage)s”填了 %(typed)s 层, 超过计划的 %(planned)s 层"), named)
    else:
        return int(typed)
    return None


def _read_investment(entry: Mapping[str, str], wrong: dict[str, Text]) -> int | None:
    """R-4: cumulative, in 万元, not negative, exact to the fen; empty means not known."""
    typed = _plain(entry, "investment").removesuffix("万元").strip()
    if not typed:
        return None
    try:
        fen = parse_fen(typed, "万元")
    except ValueError:
        wrong["investment"] = Text(
            N_("累计完成投资填的是“%(typed)s”, 请填以万元为单位的数, 最多六位小数 (精确到分), 例如 12345.67"),
            {"typed": _short(typed)},
        )
        return None
    if fen < 0:
        wrong["investment"] = Text(N_("累计完成投资填的是 %(typed)s 万元, 不能小于 0"), {"typed": _short(typed)})
        return None
    return fen


def _read_statistics(entry: Mapping[str, str], reason: str, wrong: dict[str, Text]) -> bool | None:
    """R-12: yes, no, or not said; a no needs its reason."""
    typed = entry.get("in_statistics", "").strip()
    if typed not in STATISTICS:
        wrong["in_statistics"] = Text(N_("是否入统请选“已入统”或“未入统”"))
    elif typed == "no" and not reason and "statistics_reason" not in wrong:
        wrong["statistics_reason"] = Text(N_("请说明还没有入统的原因"))
    return {"yes": True, "no": False}.get(typed)


def _read_text(entry: Mapping[str, str], name: str, wrong: dict[str, Text]) -> str:
    text = clean_text(entry.get(name, ""))
    problem = too_long(TEXT_FIELDS[name], text, LONGEST_TEXT)
    if problem:
        wrong[name] = problem
    return text


def too_long(label: str, text: str, longest: int) -> Text | None:
    """R-6: the message for a text above `longest` characters, saying how long it is; None for one that fits."""
    if len(text) <= longest:
        return None
    return Text(
        N_("“%(label)s”有 %(count)s 个字, 最多 %(longest)s 个字, 请精简后再提交"),
        {"label": Text(label), "count": len(text), "longest": longest},
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def to_entry(content: Content, stages: Sequence[ReportedStage]) -> dict[str, str]:
    """The entry that reads as `content`: what a form shows for it."""
    entry = {
        f"percent_{stage.key}": _number(content.percents[stage.key])
        for stage in stages
        if not stage.floors and stage.key in content.percents
    }
    entry |= {
        f"floors_{stage.key}": str(content.floors[stage.key])
        for stage in stages
        if stage.floors and stage.key in content.floors
    }
    entry["investment"] = "" if content.investment_fen is None else wan(content.investment_fen)
    entry["in_statistics"] = {True: "yes", False: "no", None: ""}[content.in_statistics]
    return entry | {name: getattr(content, name) for name in TEXT_FIELDS}


def wan(fen: int) -> str:
    """`fen` as exact 万元 without idle decimals: 1234567 → '1.234567'."""
    whole, rest = divmod(abs(fen), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{'-' if fen < 0 else ''}{whole}{'.' + decimals if decimals else ''}"


def _number(percent: float) -> str:
    return f"{percent:.2f}".rstrip("0").rstrip(".")


def starting_entry(stages: Sequence[ReportedStage], said: Content | None, previous: Content | None) -> dict[str, str]:
    """What a form starts from: what was saved; else the figures of the month before, without its texts; else nothing
    done.
    """
    if said:
        return to_entry(said, stages)
    figures = replace(previous, narrative="", problems="", next_plan="", decrease_reason="") if previous else Content()
    counted = {stage.key: 0 for stage in stages if stage.floors and not figures.percents.get(stage.key)}
    zeros = {stage.key: 0.0 for stage in stages}
    return to_entry(
        replace(figures, percents=zeros | dict(figures.percents), floors=counted | dict(figures.floors)), stages
    )


@dataclass(frozen=True)
class Difference:
    """A field that two people filled in differently."""

    name: str
    mine: str
    theirs: str


def differences(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[Difference]:
    """The fields in which two entries differ, in the order of `mine`; blanks round a text don't count."""
    pairs = [Difference(name, mine[name], theirs.get(name, "")) for name in mine]
    return [one for one in pairs if clean_text(one.mine) != clean_text(one.theirs)]
