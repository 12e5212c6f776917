"""The reasons of a verdict in words, made from its numbers; neutral and signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from projects.core.money import in_unit
from projects.core.text import N_, Text, cut
from projects.core.vocabulary import COMMITMENTS, MEASURES
from projects.verdicts.facts.facts import DataVerdict, DatedFigure, GateFact, Observation, RuleSet, TargetFacts
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.works import DONE, HARD_STAGES, REPORT, Crossing, is_bound
from projects.verdicts.forecast.outlook import Outlook

NO_CURVE = N_("没有计划曲线, 无法推算; 填入 25%%、50%%、75%% 的计划日期即可")
NO_REPORT = N_("还没有已通过的月报, 无法推算")
NO_DUE = N_("没有期限, 只展示, 不计误期")
NO_FIGURE = N_("还没有月报提到该指标, 无法推算")
NOBODY = N_("项目群还没有逐家统计, 登记的项目也没有可用的数据")
NO_TOTAL = N_("按比例承诺, 但不知道项目总数, 无法判断: 请在逐家统计中填报总数")
TOO_EARLY = N_("期限在以后年度, 还没有可比的序时进度")
EVIDENCE = {
    REPORT: N_("月报已有施工进度"),
    "topped_out": N_("结构封顶记录"),
    "works_complete": N_("完工、验收或使用记录"),
    "completion_acceptance": N_("竣工验收记录"),
    "in_use": N_("投入使用记录"),
    "full_operation": N_("整体运营记录"),
    "filing": N_("竣工备案记录"),
    "final_account": N_("财务决算记录"),
}


def promise(target: TargetFacts) -> Text:
    """What was promised, by when, how firmly."""
    what = Text(MEASURES[target.measure])
    if target.threshold is not None:
        what = Text(
            N_("%(measure)s ≥ %(amount)s"),
            {"measure": Text(MEASURES[target.measure]), "amount": amount(target, target.threshold)},
        )
    commitment = Text(COMMITMENTS[target.commitment])
    if target.due is None:
        return Text(N_("承诺: %(what)s (%(commitment)s, 未定期限)"), {"what": what, "commitment": commitment})
    return Text(
        N_("承诺: %(due)s 前%(what)s (%(commitment)s)"), {"due": target.due, "what": what, "commitment": commitment}
    )


def amount(target: TargetFacts, value: float) -> Text:
    """`value` in the measure's own unit."""
    if target.quantifier == "count":
        return Text(N_("%(count)s 个"), {"count": int(value)})
    if target.measure == "investment":
        return Text(N_("%(money)s 万元"), {"money": str(in_unit(int(value)))})
    return Text(N_("%(percent)s%%"), {"percent": float(value)})


def reported(target: TargetFacts, on: dt.date, value: float, as_of: dt.date) -> Text:
    """The newest figure and how old it is."""
    days = (as_of - on).days
    return Text(
        N_("最近数据 %(on)s: %(amount)s (%(days)s 天前)"), {"on": on, "amount": amount(target, value), "days": days}
    )


def pace(target: TargetFacts, required: float, actual: float | None, rules: RuleSet, *, young: bool = False) -> Text:
    """Needed pace against actual pace; the pace of a young project is not shown, since it says nothing about what is to
    come.
    """
    params: dict[str, object] = {"months": rules.pace_months}
    if target.measure == "investment":
        params |= {"required": amount(target, required), "actual": amount(target, actual or 0)}
        if actual is None:
            return Text(N_("到期前每月需完成 %(required)s"), params)
        return Text(N_("到期前每月需完成 %(required)s, 近 %(months)s 个月平均 %(actual)s"), params)
    params |= {"required": required}
    if young:
        return Text(N_("到期前每月需 %(required)s 个百分点; 进度不足 30%%, 近期速度不足以推断"), params)
    if actual is None:
        return Text(N_("到期前每月需 %(required)s 个百分点; 只有一期数据, 还没有实际速度"), params)
    return Text(
        N_("到期前每月需 %(required)s 个百分点, 近 %(months)s 个月平均 %(actual)s 个百分点"),
        params | {"actual": actual},
    )


def forecast(ahead: Outlook, due: dt.date | None, limit: int | None = None) -> Text:
    """The forecast against the due day, with its range and the chance of keeping the promise where they are known.

    `limit` (the rules' `behind_days`, where the day is still to come and no chance is known) says why so many days late
    are called at risk or behind: where a chance is known, that decides (S-9).
    """
    day, p10, p90, probability = ahead.day, ahead.p10, ahead.p90, ahead.probability
    if due is None:
        sentence = Text(N_("按计划曲线推算 %(day)s 达到"), {"day": day})
    elif day == due:
        sentence = Text(N_("按计划曲线推算 %(day)s 达到, 恰在期限当日"), {"day": day})
    elif day > due:
        sentence = Text(N_("按计划曲线推算 %(day)s 达到, 晚于期限 %(days)s 天"), {"day": day, "days": (day - due).days})
        if limit is not None:
            called = (
                N_("%(told)s (晚 %(limit)s 天以内算有风险)")
                if (day - due).days <= limit
                else N_("%(told)s (晚 %(limit)s 天以上算将误期)")
            )
            sentence = Text(called, {"told": sentence, "limit": limit})
    else:
        sentence = Text(N_("按计划曲线推算 %(day)s 达到, 比期限早 %(days)s 天"), {"day": day, "days": (due - day).days})
    if p10 is None or p90 is None:
        return sentence
    params = {"told": sentence, "p10": p10, "p90": p90}
    if probability is None:
        return Text(N_("%(told)s; 八成可能在 %(p10)s 至 %(p90)s 之间"), params)
    return Text(
        N_("%(told)s; 八成可能在 %(p10)s 至 %(p90)s 之间, 按期达到的可能性 %(chance)s%%"),
        params | {"chance": whole(probability)},
    )


def whole(chance: float) -> int:
    """A chance as it is told: cut to whole percents (S-25)."""
    return int(cut(chance, 0))


def expected(day: dt.date, newest: dt.date, *, is_past: bool) -> Text:
    """What old news let expect: no forecast, since nothing has been heard since (S-22)."""
    params = {"day": day, "newest": newest}
    if is_past:
        return Text(N_("按 %(newest)s 的数据应于 %(day)s 达到, 至今没有记录: 请补报月报或证明"), params)
    return Text(N_("此后没有消息, 不再推算 (按 %(newest)s 的数据本应于 %(day)s 达到)"), params)


def age(data: DataVerdict) -> list[Text]:
    """How old the newest news is, where that is late."""
    if data.state not in {"late", "silent"}:
        return []
    params = {"since": data.since, "days": data.age}
    if data.state == "late":
        return [Text(N_("最近数据已是 %(days)s 天前"), params)]
    return [Text(N_("自 %(since)s 起没有消息, 已 %(days)s 天: 不给可能性和日期"), params)]


def past_due(days: int) -> Text:
    """Not met, and the due day is past."""
    return Text(N_("期限已过 %(days)s 天, 尚未达到"), {"days": days})


def dropped(on: dt.date) -> Text:
    """The project will not be built, and nobody withdrew what was promised (S-27)."""
    return Text(N_("项目已于 %(on)s 终止, 承诺未撤销: 不会兑现"), {"on": on})


def paper(target: TargetFacts, on: dt.date) -> Text:
    """Reports say 100 %; what proves it is missing (S-7)."""
    return Text(
        N_("%(on)s 的月报已达 100%%, 尚缺%(what)s的证明: 请补录"), {"on": on, "what": Text(MEASURES[target.measure])}
    )


def contradiction(record: GateFact, report: Observation) -> Text:
    """Both facts, side by side (S-21)."""
    stages = min((report.stages.get(key, 100.0) for key in HARD_STAGES), default=100.0)
    params = {"on": record.on, "report": report.on, "percent": report.overall or 0.0, "stage": stages}
    if stages < DONE:
        return Text(
            N_(
                "%(on)s 有完成记录, 而 %(report)s 的月报总体进度为 %(percent)s%%、主体或基础为 %(stage)s%%: 两者矛盾, "
                "请核实并更正其一"
            ),
            params,
        )
    return Text(
        N_("%(on)s 有完成记录, 而 %(report)s 的月报总体进度为 %(percent)s%%: 两者矛盾, 请核实并更正其一"), params
    )


def at_most(days: int) -> Text:
    """Met, but the evidence is later than the due day, so that being in time is not known."""
    return Text(N_("证据晚于期限, 是否按期不详: 至多晚 %(days)s 天; 请补录原件日期"), {"days": days})


def proven(target: TargetFacts, gate: GateFact) -> Text:
    """A gate that proves a stage, or the whole, done."""
    what = Text(MEASURES[target.measure])
    if is_bound(gate):
        params = {"what": what, "on": gate.on, "evidence": Text(EVIDENCE[gate.precision])}
        return Text(N_("%(what)s: 不晚于 %(on)s (%(evidence)s)"), params)
    return Text(N_("%(what)s: 记录日期 %(on)s"), {"what": what, "on": gate.on})


def moved(since: dt.date, then: dt.date, now: dt.date, percents: tuple[float, float], planned: float) -> Text:
    """How the forecast moved since an earlier month's end, and why: percent gained against percent planned."""
    low, high = percents
    params: dict[str, object] = {
        "since": since,
        "then": then,
        "now": now,
        "low": low,
        "high": high,
        "gained": high - low,
        "planned": planned,
    }
    days = (now - then).days
    why = Text(N_("其间总体进度由 %(low)s%% 到 %(high)s%%, 计划应增 %(planned)s 个百分点"), params)
    params = {**params, "days": abs(days), "why": why}
    if days > 0:
        return Text(N_("截至 %(since)s 时推算为 %(then)s, 现推后 %(days)s 天: %(why)s"), params)
    if days < 0:
        return Text(N_("截至 %(since)s 时推算为 %(then)s, 现提前 %(days)s 天: %(why)s"), params)
    return Text(N_("推算与截至 %(since)s 时相同: %(why)s"), params)


def stopped(pauses: Pauses) -> list[Text]:
    """How long the works have stood still, and whether they still do; nothing where they never did."""
    params = {"days": pauses.days, "since": pauses.open_since, "on": pauses.resumes_on, "was": pauses.expected_on}
    if pauses.resumes_on:
        return [
            Text(
                N_(
                    "自 %(since)s 起停工, 累计停工 %(days)s 天, 预计 %(on)s 复工: 按 %(on)s 复工计, 计划相应顺延, 承诺"
                    "期限不变; 复工前不给可能性"
                ),
                params,
            )
        ]
    if pauses.expected_on:
        return [
            Text(
                N_(
                    "自 %(since)s 起停工, 原定 %(was)s 复工, 已过而尚未复工, 累计停工 %(days)s 天: 计划相应顺延, 承诺期"
                    "限不变; 请更正预计复工日或登记复工, 此前不给可能性和日期"
                ),
                params,
            )
        ]
    if pauses.open_since:
        return [
            Text(
                N_(
                    "自 %(since)s 起停工, 尚未复工, 累计停工 %(days)s 天: 计划相应顺延, 承诺期限不变; 请填报复工日"
                    "期, 复工前不给可能性和日期"
                ),
                params,
            )
        ]
    return [Text(N_("停工 %(days)s 天, 计划相应顺延, 承诺期限不变"), params)] if pauses.days else []


def waiting(target: TargetFacts, planned: dt.date, as_of: dt.date) -> Text:
    """A gate long past its planned day that no report speaks for: when it comes can't be told from finished
    projects.
    """
    params = {
        "what": Text(MEASURES[target.measure]),
        "planned": planned,
        "days": (as_of - planned).days,
    }
    return Text(
        N_("计划 %(planned)s %(what)s, 已过 %(days)s 天仍无记录: 没有可比的经验给出日期和可能性"),
        params,
    )


def stalled(since: dt.date, percent: float, latest: dt.date) -> Text:
    """Reports that bring no progress."""
    params = {"since": since, "percent": percent, "days": (latest - since).days}
    return Text(
        N_("总体进度自 %(since)s (%(percent)s%%) 起 %(days)s 天没有增加; 推算按还要停滞同样久计"),
        params,
    )


def fell(target: TargetFacts, on: dt.date, value: float) -> Text:
    """Met, but the newest figure is below what was promised."""
    return Text(N_("之后回落: %(on)s 为 %(value)s, 低于承诺"), {"on": on, "value": amount(target, value)})


def fell_back(target: TargetFacts, on: dt.date, value: float) -> Text:
    """Reached once, but no longer."""
    return Text(N_("%(on)s 曾为 %(value)s, 之后回落到承诺以下, 不算达到"), {"on": on, "value": amount(target, value)})


def against_due(slip: int) -> Text:
    """Met: how far from the due day."""
    if slip > 0:
        return Text(N_("比期限晚 %(days)s 天"), {"days": slip})
    return Text(N_("比期限早 %(days)s 天"), {"days": -slip}) if slip else Text(N_("与期限同日"))


def gate_passed(target: TargetFacts, gate: GateFact) -> Text:
    """The record that fulfils a gate, or the evidence for it."""
    what = Text(MEASURES[target.measure])
    if is_bound(gate):
        return proven(target, gate)
    if gate.precision == "day":
        return Text(N_("%(what)s: 记录日期 %(on)s"), {"what": what, "on": gate.on})
    return Text(
        N_("%(what)s: 记录只精确到月 (%(month)s), 按当月最后一天计"), {"what": what, "month": f"{gate.on:%Y-%m}"}
    )


def not_passed(target: TargetFacts, gates: Mapping[str, GateFact], seen: Sequence[Observation], as_of: dt.date) -> Text:
    """A gate still open, and the newest thing known."""
    days = [gate.on for gate in gates.values()] + [one.on for one in seen]
    return Text(
        N_("尚无%(what)s记录; 最近数据 %(on)s (%(days)s 天前)"),
        {"what": Text(MEASURES[target.measure]), "on": max(days), "days": (as_of - max(days)).days},
    )


def crossed(target: TargetFacts, crossing: Crossing, points: Sequence[DatedFigure]) -> Text:
    """The day on which figures came to what was promised, with both ends."""
    here = points[crossing.place]
    if crossing.place == 0:
        return crossed_first(target, here.on, here.value)
    before = points[crossing.place - 1]
    return crossed_between(target, crossing.day, (before.on, before.value), (here.on, here.value))


def crossed_first(target: TargetFacts, on: dt.date, value: float) -> Text:
    """Reached in the first figure there is."""
    return Text(N_("首次数据 %(on)s 已达 %(value)s"), {"on": on, "value": amount(target, value)})


def crossed_between(
    target: TargetFacts, day: dt.date, before: tuple[dt.date, float], after: tuple[dt.date, float]
) -> Text:
    """Reached between two figures: interpolated, with both ends named."""
    params = {
        "day": day,
        "before": before[0],
        "low": amount(target, before[1]),
        "after": after[0],
        "high": amount(target, after[1]),
    }
    return Text(N_("约 %(day)s 达到 (%(before)s 为 %(low)s, %(after)s 为 %(high)s, 按直线内插)"), params)


def too_many_late(count: int) -> Text:
    """So many of a programme's projects will be late that too few are left."""
    return Text(N_("其中 %(count)s 个将误期, 其余的不够"), {"count": count})


def too_many_unclear(count: int) -> Text:
    """So little is known of a programme's projects that nothing can be told of it."""
    return Text(N_("其中 %(count)s 个没有可用的数据, 无法判断"), {"count": count})


def chance_of_count(needed: int, chance: float) -> Text:
    """The chance that enough of a programme's projects are there in time."""
    return Text(
        N_("按各项目的推算, 到期达到 %(needed)s 个的可能性 %(chance)s%% (各项目视为互不影响)"),
        {"needed": needed, "chance": whole(chance)},
    )
