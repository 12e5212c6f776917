"""The factory: a table of contents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from projects import cli_history, config, database
from projects.accounts.views import bp as accounts
from projects.api.v1 import bp as api
from projects.audit.extract import Safe
from projects.audit.views import bp as audit
from projects.catalogue.views import bp as catalogue
from projects.charts.views import bp as charts
from projects.contracts.views import bp as contracts
from projects.documents.views import bp as documents
from projects.extensions import babel, compress, csrf, db, migrate
from projects.files.views import bp as files
from projects.findings.views import bp as findings
from projects.funding.views import bp as funding
from projects.gantt.views import bp as gantt
from projects.gates.views import bp as gates
from projects.imports.views import bp as imports
from projects.matching.views import bp as matching
from projects.money.views import bp as money
from projects.people.views import bp as people
from projects.record.views import bp as record
from projects.reports.views import bp as reports
from projects.rules.views import bp as rules
from projects.schedule.views import bp as schedule
from projects.tokens.views import bp as tokens
from projects.totp.views import bp as totp
from projects.treasury.views import bp as treasury
from projects.web import access, browsers, clock, errors, filters, headers, i18n, kept, sso, witness

BLUEPRINTS = (
    accounts, catalogue, schedule, reports, gates, funding, treasury, money, findings, documents, contracts, gantt,
    record, audit, files, people, totp, tokens, rules, charts, imports, matching, api,
)  # fmt: skip


def create_app(**settings: Any) -> Flask:
    """Build the application from the environment and `settings`; opens no connection and writes nothing."""
    values = config.load(settings)
    app = Flask("projects", instance_path=values["INSTANCE_PATH"])
    app.config.update(values, SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(values["DATABASE_URL"]))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if app.config["PROXY_COUNT"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXY_COUNT"], x_proto=app.config["PROXY_COUNT"])  # type: ignore[method-assign]
    register_extensions(app)
    register_web(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(cli_history.group)
    return app


def register_extensions(app: Flask) -> None:
    """Bind the extensions to `app`."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), compare_type=True)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=i18n.select_locale, default_translation_directories=str(config.ROOT / "projects" / "translations"))
    compress.init_app(app)
    with app.app_context():
        database.watch(db.engine)
        safe = Safe(Path(app.config["INSTANCE_PATH"]), app.config["AUDIT_KEY"], app.config["AUDIT_HASH"])
        db.engine.update_execution_options(audit_safe=safe)


def register_web(app: Flask) -> None:
    """Bind the glue of projects/web to `app`."""
    access.register(app)
    browsers.register(app)
    kept.register(app)
    sso.register(app)
    clock.register(app)
    errors.register(app)
    filters.register(app)
    headers.register(app)
    witness.register(app)
