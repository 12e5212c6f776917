"""Expected errors as pages: what happened, the likely cause, the next step; nothing about the inside."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from projects.core.errors import InvalidError, PastDayError, ProblemError
from projects.core.text import N_, Text
from projects.database import let_go
from projects.failures import UNSTORABLE, problem_of, reason_of
from projects.history.record.words import ANSWERS
from projects.web import clock
from projects.web.i18n import speak

TITLES = {int(status): words for status, words in ANSWERS.items()}
AGAIN = "5"  # seconds
HINTS = {
    404: N_("地址可能写错, 或内容不在您的权限范围内"),
    413: N_("请减少内容后重试, 单次提交不超过 8 MB"),
    500: N_("错误已记入日志, 已填写的内容没有保存; 请稍后重试或联系系统管理员"),
}


Answer = tuple[str | Response, int]


def page(status: int, message: str, fields: dict[str, Text] | None = None, title: str | None = None) -> Answer:
    """The error page for `status`; below /api/ the one shape of its errors."""
    clock.settle()
    said = speak(title or TITLES.get(status, TITLES[400]))
    if request.path.startswith("/api/"):
        detail = "; ".join([message, *(speak(text) for text in (fields or {}).values())])
        return jsonify(error={"status": status, "title": said, "detail": detail}), status
    return render_template("error.html", status=status, title=said, message=message, fields=fields or {}), status


def register(app: Flask) -> None:
    """Turn each kind of error into its page."""

    @app.errorhandler(ProblemError)
    def _problem(problem: ProblemError) -> Answer:
        title = N_("过去的一天只供查看") if isinstance(problem, PastDayError) else None
        return page(
            problem.status, speak(problem.text), problem.fields if isinstance(problem, InvalidError) else None, title
        )

    @app.errorhandler(SQLAlchemyError)
    @app.errorhandler(OSError)
    def _failed(error: SQLAlchemyError | OSError) -> Any:
        let_go()  # PostgreSQL takes no further statement in a failed transaction, and the page needs some
        problem = problem_of(error)
        if problem is None:
            raise error
        app.logger.warning("a request could not be answered: %s", reason_of(error))
        return app.handle_user_exception(problem)

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def _unstorable(error: DataError | OverflowError) -> Answer:
        if isinstance(error, OverflowError) and "SQLite" not in str(error):
            raise error
        let_go()
        return page(400, speak(UNSTORABLE))

    @app.after_request
    def _when_again(response: AnyResponse) -> AnyResponse:
        if response.status_code == 503:
            response.headers.setdefault("Retry-After", AGAIN)
        return response

    @app.errorhandler(CSRFError)
    def _csrf(_problem: CSRFError) -> Answer:
        return page(400, speak(N_("页面已过期: 请返回上一页刷新后再提交, 已填写的内容可用浏览器的后退找回")))

    @app.errorhandler(HTTPException)
    def _http(problem: HTTPException) -> Answer | Response:
        status = problem.code or 500
        if status < 400 or isinstance(problem, SecurityError):  # a foreign host name gets no page of ours
            return problem.get_response()  # type: ignore[return-value]
        return page(status, speak(HINTS.get(status, N_("请返回上一页检查后重试"))))

    @app.errorhandler(500)
    def _crash(_problem: Exception) -> Answer:
        return page(500, speak(HINTS[500]))
