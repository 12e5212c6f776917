"""A promise of a project that was dropped (S-27): it stands until it is withdrawn, and will not be kept. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from projects.verdicts.assess import words
from projects.verdicts.facts.facts import TargetFacts, Verdict


def of_dropped(target: TargetFacts, found: Verdict, dropped_on: dt.date, as_of: dt.date) -> Verdict:
    """What `found` becomes since the project was dropped: kept and contradicted promises stay what they are; another is
    behind until its day, without any chance, and overdue after it.

    What was due before the drop and lacks evidence still lacks it: it may have been kept.
    """
    if found.met_by or found.state == "contradicted":
        return found
    due = target.due
    note = (words.promise(target), words.dropped(dropped_on))
    bare = Verdict(found.state, current=found.current, reasons=note, rests_on_sample=found.rests_on_sample)
    if found.state == "undated" or due is None:
        return bare
    if as_of <= due:
        return replace(bare, state="behind", probability=0.0)
    late = (as_of - due).days
    bare = replace(bare, reasons=(*note, words.past_due(late)))
    if found.state == "overdue_no_evidence" and due < dropped_on:
        return bare
    return replace(bare, state="overdue", slip_days=late)
