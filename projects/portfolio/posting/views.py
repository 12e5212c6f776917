"""A ledger posted in the background, step by step for the person who asked for it, and the page that shows how far that
is; whoever looks at it lets it go on.
"""

from __future__ import annotations

from functools import partial

from flask import render_template

from projects.core.acting import Acting
from projects.core.errors import InvalidError, ProblemError
from projects.core.text import N_, Text
from projects.database import patient, transacted
from projects.portfolio.ledger.operations import Ready, post
from projects.portfolio.ledger.queries import shown
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting import operations, queries
from projects.portfolio.posting.steps import posting_of
from projects.web import clock
from projects.web.background import Job, wake

MOST_TOLD = 20  # cells that can't be taken


def page(upload: LedgerUpload) -> str | None:
    """How far the posting of an upload is; None where nobody asked for it, or it is over."""
    posting = posting_of(upload.counts)
    if posting is None:
        return None
    wake()
    done = upload.counts.get("posted", 0)
    return render_template("portfolio/posting/show.html", upload=upload, posting=posting, done=done)


def post_all(upload_id: int) -> list[Text]:
    """Post what is left of an upload, a transaction a step; what went wrong, if anything did."""
    actor = queries.who_asked(upload_id)
    if actor is None:
        return [Text(operations.GONE)]
    try:
        seen = shown(actor, upload_id, clock.latest_day())
        ready = Ready.of(seen, leave=operations.leaves_out(upload_id), resumed=True)
        with patient():
            while ready.items:
                now = Acting(actor, clock.now(), clock.business_day())
                ready = ready.after(transacted(partial(post, now, ready)))
    except InvalidError as problem:
        cells = [Text(N_("%(sheet)s: %(why)s"), {"sheet": name, "why": text}) for name, text in problem.fields.items()]
        return [problem.text, *cells[:MOST_TOLD]]
    except ProblemError as problem:
        return [problem.text]
    return []


JOB = Job(queries.next_posting, operations.take, post_all, operations.finish)
