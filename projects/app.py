"""The factory: a table of contents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from projects import config, database
from projects.api.v1 import bp as api
from projects.commands.group import group, migrations
from projects.extensions import Migrations, babel, compress, csrf, db
from projects.history.record.extract import Safe
from projects.money.contracts.views import bp as contracts
from projects.money.documents.views import bp as documents
from projects.money.findings.operations import LIMIT_KINDS
from projects.money.findings.views import bp as findings
from projects.money.imports.views import bp as imports
from projects.money.ladder.operations import SUM_KINDS
from projects.money.ladder.views import bp as funding
from projects.money.ledger.queries import closed_until
from projects.money.matching.views import bp as matching
from projects.money.receipts.operations import MONTH_KINDS
from projects.money.receipts.views import bp as treasury
from projects.money.waiting import operations as reading
from projects.money.waiting import queries as unread
from projects.people.access import browsers, kept, sso, witness
from projects.people.access import door as access
from projects.people.accounts.operations import ACCOUNT_KINDS
from projects.people.accounts.views import bp as people
from projects.people.factor.views import bp as totp
from projects.people.proof.views import bp as proof
from projects.people.requests import kinds
from projects.people.requests.operations import REQUEST_KINDS
from projects.people.requests.views import bp as requests
from projects.people.sign_in.views import bp as accounts
from projects.people.tokens.views import bp as tokens
from projects.portfolio.book.views import bp as book
from projects.portfolio.ends.operations import END_KINDS
from projects.portfolio.ends.views import bp as ends
from projects.portfolio.forecast.views import bp as charts
from projects.portfolio.gantt.views import bp as gantt
from projects.portfolio.history.views import bp as audit
from projects.portfolio.ledger.views import bp as ledgers
from projects.portfolio.money.views import bp as money
from projects.portfolio.posting import views as posting
from projects.portfolio.projects.views import bp as catalogue
from projects.portfolio.readings.views import bp as readings
from projects.portfolio.reports.views import bp as reports
from projects.portfolio.taken.views import bp as taken
from projects.register.cards.views import bp as cards
from projects.register.documents.operations import DOCUMENT_KINDS
from projects.register.documents.views import bp as plan_documents
from projects.register.merging.operations import MERGING_KINDS
from projects.register.merging.views import bp as merging
from projects.register.places.views import bp as places
from projects.register.programmes.operations import MEMBER_KINDS
from projects.register.programmes.views import bp as programmes
from projects.register.projects.operations import BEGINNINGS
from projects.register.promises.operations import PROMISE_KINDS
from projects.register.promises.views import bp as promises
from projects.register.selection.operations import renew_search
from projects.register.units.views import bp as units
from projects.verdicts.days import views as days
from projects.verdicts.foresight.queries import verdicts_of
from projects.verdicts.renewal.operations import renew_touched
from projects.verdicts.rules.operations import RULE_KINDS
from projects.verdicts.rules.views import bp as rules
from projects.verdicts.track_record.views import bp as record
from projects.web import addresses, background, clock, errors, filters, headers, i18n, once
from projects.works.backdating import queries as backdating
from projects.works.files.views import ScansOfChanges
from projects.works.files.views import bp as files
from projects.works.gates.operations import GATE_KINDS
from projects.works.gates.views import bp as gates
from projects.works.reports.queries import filers
from projects.works.schedule.operations import PLAN_KINDS, begin_stages
from projects.works.schedule.views import bp as schedule
from projects.works.stops.operations import STOP_KINDS

BLUEPRINTS = (
    accounts, catalogue, schedule, reports, gates, funding, treasury, money, findings, documents, contracts, gantt,
    record, audit, files, people, requests, totp, proof, tokens, rules, charts, imports, matching, places,
    units, ledgers, taken, days.bp, api, cards, plan_documents, programmes, promises,
    readings, merging, ends, book,
)  # fmt: skip


def create_app(**settings: Any) -> Flask:
    """Build the application from the environment and `settings`; opens no connection and writes nothing."""
    values = config.load(settings)
    app = Flask("projects", instance_path=values["INSTANCE_PATH"])
    app.config.update(values, SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(values["DATABASE_URL"]))
    app.url_map.converters["int"] = addresses.IdConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if app.config["PROXY_COUNT"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXY_COUNT"], x_proto=app.config["PROXY_COUNT"])  # type: ignore[method-assign]
    register_extensions(app)
    register_web(app)
    BEGINNINGS[:] = [begin_stages]
    kinds.register(
        *ACCOUNT_KINDS,
        *REQUEST_KINDS,
        *MONTH_KINDS,
        *LIMIT_KINDS,
        *RULE_KINDS,
        *PROMISE_KINDS,
        *DOCUMENT_KINDS,
        *MEMBER_KINDS,
        *MERGING_KINDS,
        *END_KINDS,
        *GATE_KINDS,
        *PLAN_KINDS,
        *STOP_KINDS,
        *SUM_KINDS,
    )
    kinds.look_by(verdicts_of)
    kinds.filed_by(filers)
    kinds.keep_scans_by(ScansOfChanges())
    backdating.also_closed_by(closed_until)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(group)
    app.cli.add_command(migrations)
    return app


def register_extensions(app: Flask) -> None:
    """Bind the extensions to `app`."""
    db.init_app(app)
    app.extensions["migrate"] = Migrations(app, str(config.ROOT / "migrations"))
    csrf.init_app(app)
    babel.init_app(
        app,
        locale_selector=i18n.select_locale,
        default_translation_directories=str(config.ROOT / "projects" / "translations"),
    )
    compress.init_app(app)
    database.before_commit(app, renew_search)
    database.before_commit(app, renew_touched)
    with app.app_context():
        database.watch(db.engine)
        database.keep_reserve(app, db.engine)
        safe = Safe(Path(app.config["INSTANCE_PATH"]), app.config["AUDIT_KEY"], app.config["AUDIT_HASH"])
        db.engine.update_execution_options(audit_safe=safe)


def register_web(app: Flask) -> None:
    """Bind the glue of projects/web to `app`."""
    access.register(app)
    background.register(
        app, background.Job(unread.next_unread, reading.take, unread.read, reading.keep), days.JOB, posting.JOB
    )
    browsers.register(app)
    kept.register(app)
    sso.register(app)
    clock.register(app)
    errors.register(app)
    filters.register(app)
    headers.register(app)
    once.register(app)
    witness.register(app)
