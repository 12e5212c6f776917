"""A promise as scripts are told of it: the keys of docs/api.md, empty where nothing may be told."""

import datetime as dt

import pytest

from projects.portfolio.projects.rows import TargetRow

EMPTY = {
    "id": 1, "slug": "a", "subject": "A", "project_slug": "a", "measure": "complete", "quantifier": "project",
    "threshold": None, "due": None, "commitment": "must", "wording": "", "document": None, "document_slug": None,
    "number": None, "locator": None, "state": "unknown", "slip_days": None, "forecast_on": None, "met_on": None,
    "met_by": None, "current": None, "reasons": (), "rests_on_sample": False,
}  # fmt: skip
DAYS = {
    "due": "due",
    "forecast": "forecast_on",
    "forecast_p10": "forecast_p10",
    "forecast_p90": "forecast_p90",
    "met": "met_on",
    "met_by": "met_by",
}


@pytest.mark.parametrize(("key", "field"), list(DAYS.items()))
def test_a_day_is_told_as_iso_and_null_where_there_is_none(key: str, field: str):
    empty, told = TargetRow(**EMPTY), TargetRow(**EMPTY | {field: dt.date(2021, 12, 31)})
    assert (empty.to_json(str)[key], told.to_json(str)[key]) == (None, "2021-12-31")


@pytest.mark.parametrize(("threshold", "told"), [(None, None), (5000, 50), (5050, 50.5)])
def test_a_threshold_is_told_in_its_own_unit(threshold: int | None, told: float | None):
    row = TargetRow(**EMPTY | {"measure": "structure_pct", "threshold": threshold})
    made = row.to_json(str)
    assert (made["threshold"], made["promise_state"], made["base_rate"]) == (told, "unknown", None)
    assert type(made["threshold"]) is type(told)
