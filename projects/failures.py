"""What an error of the database means to the person who waits for it: overtaken by others, busy, full or gone; and in
which words it is told. Whatever is none of these is a fault of ours, and stays one.
"""

from __future__ import annotations

import errno
import re
from enum import Enum

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from projects.core.errors import ConflictError, FullError, ProblemError, UnavailableError
from projects.core.text import N_


class Failure(Enum):
    """What went wrong, by what can be done: once more; in a while; once there is room; once the database is back."""

    OVERTAKEN = "overtaken"
    BUSY = "busy"
    FULL = "full"
    GONE = "gone"


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SQLSTATES = {
    "40001": Failure.OVERTAKEN,  # serialization failure
    "40P01": Failure.OVERTAKEN,  # deadlock
    "55P03": Failure.BUSY,  # lock_timeout
    "57014": Failure.BUSY,  # statement_timeout
    "25P03": Failure.BUSY,  # idle_in_transaction_session_timeout
    "53300": Failure.BUSY,  # too many connections
    "53200": Failure.BUSY,  # out of memory
    "53100": Failure.FULL,
}
STATE_CLASSES = {"08": Failure.GONE, "57": Failure.GONE, "58": Failure.GONE, "25": Failure.GONE}
SQLITE_CODES = {5: Failure.BUSY, 6: Failure.BUSY, 13: Failure.FULL, 8: Failure.GONE, 10: Failure.GONE, 14: Failure.GONE}
SQLITE_WORDS = {  # where the module tells no code
    "locked": Failure.BUSY,
    "disk is full": Failure.FULL,
    "disk I/O error": Failure.GONE,
    "unable to open": Failure.GONE,
    "readonly": Failure.GONE,
}
TAKEN = {  # by table: what its unique key names, where somebody else was first
    "user": N_("这个登录名刚被他人使用, 请换一个"),
    "funding_limit": N_("这项限额刚被他人改过, 请刷新后再改"),
    "consent_request": N_("同样的申请已经有一份在等, 请先看那一份"),
    "unit": N_("同名的单位刚被他人登记, 请刷新后再看"),
    "project": N_("同样地址或国家项目代码的项目刚被他人登记, 请刷新后再看"),
    "project_end": N_("这个项目刚被他人终止或归档, 请刷新后再看"),
    "programme": N_("同样地址的项目群刚被他人登记, 请刷新后再看"),
    "plan_document": N_("同样地址的规划文件刚被他人登记, 请刷新后再看"),
    "target": N_("同样地址的承诺刚被他人登记, 请刷新后再看"),
    "clause": N_("这份文件的同一条款刚被他人登记, 请刷新后再看"),
    "gate": N_("这一关刚被他人登记, 请刷新后再看"),
    "monthly_report": N_("这个月的月报刚被他人保存, 请刷新后再填"),
    "work_stage": N_("这个施工阶段刚被他人登记, 请刷新后再看"),
    "funding_composition": N_("这个来源的资金刚被他人登记, 请刷新后再看"),
    "funding_period": N_("这个月刚被他人结账, 请刷新后再看"),
    "rule_set_version": N_("您打开之后已有更新的版本, 请对照后再采用"),
    "programme_tally": N_("这一天的逐家统计刚被他人登记, 请刷新后再看"),
    "treasury_receipt": N_("这笔到账刚被他人冲销, 请刷新后再看"),
    "ledger_entry": N_("这笔资金刚被他人冲销, 请刷新后再看"),
    "match_decision": N_("这个决定刚被他人撤销, 请刷新后再看"),
}
OVERTAKEN = N_("有人同时在改同一处内容, 您的这次没有保存: 请核对后再提交一次")
BUSY = N_("现在保存的人多, 等候超时, 您的这次没有保存: 请过几秒再提交")
FULL = N_("服务器磁盘已满, 这次没有保存, 查看不受影响: 请联系系统管理员腾出空间后再提交")
GONE = N_("暂时连不上数据库: 请过一会儿再试; 再次提交之前, 请先看看刚才的内容是否已经保存")
UNSTORABLE = N_("内容里有不能保存的字符或过大的数字, 请检查后重试")
_UNIQUE = re.compile(r"UNIQUE constraint failed: (\w+)\.")


def failure_of(error: BaseException) -> Failure | None:
    """What kind of failure this is; None for whatever is none of the database's state but of what it was asked."""
    match error:
        case OSError():
            return Failure.FULL if error.errno in NO_ROOM else None
        case StaleDataError() | IntegrityError():
            return Failure.OVERTAKEN
        case PoolTimeoutError():
            return Failure.BUSY
        case DBAPIError():
            return _told_by_database(error)
    return None


def _told_by_database(error: DBAPIError) -> Failure | None:
    if state := getattr(error.orig, "sqlstate", None):
        return SQLSTATES.get(state) or STATE_CLASSES.get(state[:2])
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_CODES.get(code & 0xFF)
    said = str(error.orig)
    told = next((failure for word, failure in SQLITE_WORDS.items() if word in said), None)
    is_lost = error.connection_invalidated or (isinstance(error, OperationalError) and not _is_sqlite(error))
    return told or (Failure.GONE if is_lost else None)


def problem_of(error: BaseException) -> ProblemError | None:
    """The same in words for the person who waits; None where it is a fault of ours."""
    if isinstance(error, IntegrityError):
        taken = taken_by(error)
        return ConflictError(TAKEN.get(taken, OVERTAKEN)) if taken else None
    match failure_of(error):
        case Failure.OVERTAKEN:
            return ConflictError(OVERTAKEN)
        case Failure.BUSY:
            return UnavailableError(BUSY)
        case Failure.FULL:
            return FullError(FULL)
        case Failure.GONE:
            return UnavailableError(GONE)
    return None


def reason_of(error: BaseException) -> str:
    """What the database said, in one line for the log, without what was to be stored."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {said[0] if said else ''}"


def taken_by(error: IntegrityError) -> str:
    """The table in which somebody else took a unique key first; empty where something else was violated."""
    if getattr(error.orig, "sqlstate", None) == "23505":
        return str(getattr(getattr(error.orig, "diag", None), "table_name", None) or "")
    found = _UNIQUE.match(str(error.orig))
    return found[1] if found else ""


def _is_sqlite(error: DBAPIError) -> bool:
    return "sqlite" in type(error.orig).__module__
