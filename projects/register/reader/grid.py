"""Tables whose first row says what their columns hold, told as sentences: name, goals, by when. Rule RD-34.

A row becomes `name,goal,goal,day`: columns that are no promise (what is built, who answers for it, remarks) are left
out, a period or a stage that stands over a column is said before or behind its cell; every letter keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from projects.register.reader.dates import WHEN

Letters = list[tuple[str, int]]  # letters with their places in the text as given
FEWEST = 2  # columns of a table
LONGEST = 24  # letters of a heading of a column
NAME, GOAL, LIMIT, STAGE, PERIOD, MONEY, IDLE = "name", "goal", "limit", "stage", "period", "money", ""
_STAGE = re.compile(
    r"(?:计划|预计|拟|实际)?(开工|竣工|完工|建成|投用|启用|封顶|交付|验收)(?:投用|投入使用)?(?:时间|日期|年月|时限|节点)"
)
_ROLES = (  # in this order
    (
        IDLE,
        re.compile(
            r"^(?:序号|编号|项目编号|项目代码|备注|进展|建设性质|项目类别|类别|资金来源)$|单位|部门|责任|科室|领导|联系|牵头|配合"
        ),
    ),
    (
        IDLE,
        re.compile(
            r"建设内容|建设规模|主要内容|项目概况|基本情况|项目简介|规模|地点|地址|起止|年限|工期|周期|现状|问题"
        ),
    ),
    (NAME, re.compile(r"^(?:重点|建设|民生实事)?(?:项目|工程)(?:名称)?$|名称$")),
    (LIMIT, re.compile(r"(?:完成|办结|计划)?(?:时限|期限|时间|节点)(?:要求)?$")),
    (MONEY, re.compile(r"(?:年度?|20\d\d年)(?:度)?(?:计划)?(?:完成)?投资(?:计划|额|目标)?(?=$|\()")),
    (IDLE, re.compile(r"投资|资金|概算|面积|床位|万元|亿元")),
    (GOAL, re.compile(r"目标|任务|计划|形象进度|进度安排|工作内容|工作措施|措施|事项|要求|节点安排|实施内容")),
)
_UNIT = re.compile(r"万元|亿元")
_SIGNS = ".;,。；，"
_SUM = re.compile(r"\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,4})?(?:万元|亿元)?")
_DOTTED = re.compile(r"20\d\d[.\-/]\d{1,2}(?:[.\-/]\d{1,2})?")
_PLANNED = re.compile(r"(?:进度|形象进度|目标|计划|任务|工作|节点|工作目标|工作计划)?")
TOLD = frozenset({GOAL, STAGE, PERIOD, LIMIT, MONEY})


def _role(title: str) -> tuple[str, str] | None:
    """What a column with this title holds, and the words that it lends to its cells; None where it is no title."""
    if not title or len(title) > LONGEST:
        return None
    if stage := _STAGE.fullmatch(title):
        return STAGE, stage[1]
    period = WHEN.match(title)
    if period and not period["only"] and _PLANNED.fullmatch(title, period.end()):
        return PERIOD, period[0]
    for role, pattern in _ROLES:
        if pattern.search(title):
            unit = _UNIT.search(title)
            return role, unit[0] if unit and role == MONEY else ""
    return None


class Grid:
    """The table that the lines just read belong to."""

    def __init__(self) -> None:
        self.columns: list[tuple[str, str]] = []

    def row(self, cells: Sequence[Letters]) -> Letters | None:
        """A row told as a sentence; nothing of a row of titles; None for a line that no titles explain."""
        if len(cells) != len(self.columns):
            titles = _columns(cells)
            if titles or sum(map(len, cells)) > LONGEST:  # a short line parts the table: 二、新建项目
                self.columns = titles
            return [] if titles else None
        return _told([(role, words, cell) for (role, words), cell in zip(self.columns, cells, strict=True)])


def _columns(cells: Sequence[Letters]) -> list[tuple[str, str]]:
    """What the columns hold, by a row of titles; nothing where the cells are none. A title that is not known stands
    over what is read as it is.
    """
    if len(cells) < FEWEST:
        return []
    titles = [_role("".join(letter for letter, _ in cell)) for cell in cells]
    roles = {one[0] for one in titles if one}
    if not roles & TOLD or (None in titles and NAME not in roles):
        return []
    return [one or (GOAL, "") for one in titles] if NAME in roles or GOAL in roles else []


def _told(cells: Sequence[tuple[str, str, Letters]]) -> Letters:
    """The cells of a row as one sentence."""
    made: Letters = []
    for role, words, cell in cells:
        text = "".join(letter for letter, _ in cell).rstrip(_SIGNS)
        if own := _cell(role, words, cell[: len(text)], text):
            made += ([(",", made[-1][1])] if made else []) + own
    return made


def _cell(role: str, words: str, own: Letters, text: str) -> Letters:
    """What a cell says in its column; nothing where that promises nothing."""
    if not text or role == IDLE:
        return []
    first, last = own[0][1], own[-1][1]
    if role in {STAGE, LIMIT} and _DOTTED.fullmatch(text):
        signs = iter("年月")
        own = [(letter if letter.isdigit() else next(signs), place) for letter, place in own]
        own.append((next(signs, "日"), last))
    behind = words if role in {STAGE, MONEY} else ""
    ahead = words if role == PERIOD else "完成投资" if role == MONEY else ""
    unread = (role == MONEY and not _SUM.fullmatch(text)) or (role == STAGE and own[-1][0] not in "年月日旬底末前中")
    return [] if unread else [(one, first) for one in ahead] + own + [(one, last) for one in behind]
