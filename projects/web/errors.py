"""Expected errors as pages: what happened, the likely cause, the next step; nothing about the inside."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from projects.core.errors import ConflictError, InvalidError, PastDayError, ProblemError
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.words import ANSWERS
from projects.web.i18n import speak

TITLES = {int(status): words for status, words in ANSWERS.items()}
HINTS = {
    404: N_("地址可能写错, 或内容不在您的权限范围内"),
    413: N_("请减少内容后重试, 单次提交不超过 8 MB"),
    500: N_("错误已记入日志, 已填写的内容没有保存; 请稍后重试或联系系统管理员"),
}


def page(
    status: int, message: str, fields: dict[str, Text] | None = None, title: str | None = None
) -> tuple[str | Response, int]:
    """The error page for `status`; below /api/ the one shape of its errors."""
    said = speak(title or TITLES.get(status, TITLES[400]))
    if request.path.startswith("/api/"):
        detail = "; ".join([message, *(speak(text) for text in (fields or {}).values())])
        return jsonify(error={"status": status, "title": said, "detail": detail}), status
    return render_template("error.html", status=status, title=said, message=message, fields=fields or {}), status


def register(app: Flask) -> None:
    """Turn each kind of error into its page."""

    @app.errorhandler(ProblemError)
    def _problem(problem: ProblemError) -> tuple[str | Response, int]:
        title = N_("过去的一天只供查看") if isinstance(problem, PastDayError) else None
        return page(
            problem.status, speak(problem.text), problem.fields if isinstance(problem, InvalidError) else None, title
        )

    @app.errorhandler(StaleDataError)
    def _stale(_problem: StaleDataError) -> tuple[str | Response, int]:
        return page(409, speak(ConflictError(N_("这条内容刚被他人改过, 请刷新后再改")).text))

    @app.errorhandler(DataError)
    def _unstorable(_problem: DataError) -> tuple[str | Response, int]:
        db.session.rollback()  # PostgreSQL takes no further statement in a failed transaction, and the page needs some
        return page(400, speak(N_("内容里有不能保存的字符或过大的数字, 请检查后重试")))

    @app.errorhandler(CSRFError)
    def _csrf(_problem: CSRFError) -> tuple[str | Response, int]:
        return page(400, speak(N_("页面已过期: 请返回上一页刷新后再提交, 已填写的内容可用浏览器的后退找回")))

    @app.errorhandler(HTTPException)
    def _http(problem: HTTPException) -> tuple[str | Response, int] | Response:
        status = problem.code or 500
        if status < 400 or isinstance(problem, SecurityError):  # a foreign host name gets no page of ours
            return problem.get_response()  # type: ignore[return-value]
        return page(status, speak(HINTS.get(status, N_("请返回上一页检查后重试"))))

    @app.errorhandler(500)
    def _crash(_problem: Exception) -> tuple[str | Response, int]:
        return page(500, speak(HINTS[500]))
