"""What was done, and what shall be done: the part of a document that a clause belongs to, told by headings.

Rule RD-4.
"""

from __future__ import annotations

import re

from projects.register.reader.folding import MARKER

PLAN, REVIEW, MIDDLE, CLOSING = "plan", "review", "middle", "closing"
_CLOSING = re.compile(r"名词解释|词语解释|名词注释|有关名词|术语解释|用语说明|名词说明|注释")
_REVIEW = re.compile(
    r"回顾|过去[一五]年|工作总结|主要成[绩效]|取得的成[绩效]|完成情况|今年以来|工作情况|开展情况|一年来|五年来"
    r"|主要工作成效|[上前]一年(?:度)?工作|(?:成[效绩就果]|进展)(?:显著|明显|突出|丰硕|斐然|喜人)"
)
_PLAN = re.compile(
    r"重点工作|工作安排|主要任务|工作任务|任务目标|工作要点|今年(?:的)?(?:工作|任务|目标|重点)|下一步|工作思路"
    r"|工作计划|工作打算|工作重点"
    r"|民生实事|实事(?:项目|工作)|新一届政府|新的一年|主要工作|工作部署"
)
_MIDDLE = re.compile(
    r"(?:今后|未来)[三五]年|[“\"]?十[二三四五六]五[”\"]?(?:时期|规划|期间|发展)|五年(?:的)?(?:目标|任务|奋斗"
    r"|发展)|远景目标|规划纲要"
)
_TASKS = re.compile(r"工作|任务|目标|要求|思路|安排|打算|举措|部署")
_YEAR = re.compile(r"(20\d\d|19\d\d)年")
_BACK = re.compile(
    r"(?:各位代表[!,:])?(?:(?:刚刚)?过去(?:的)?(?:[一五]年|20\d\d年)|一年来|五年来|回顾(?:过去|20\d\d|五年)|今年以来"
    r"|(?:20\d\d年)?(?:政府)?工作回顾)"
)
_AHEAD = re.compile(
    r"(?:各位代表[!,:])?(?:(?:今年|新的一年|20\d\d年)(?:,我们要|,要|的?(?:全市|全省|全区|全县|政府"
    r"|卫生健康)?[^,。;:]{0,12}"
    r"(?:总体要求|总体思路|总的要求|指导思想|主要(?:预期)?目标|工作思路|重点抓好|要重点做好))"
    r"|20\d\d年(?:政府)?(?:工作(?:任务|安排|重点|打算)|重点工作|主要任务)|(?:为)?实现上述目标|(?:我们)?(?:将"
    r"|要)?重点抓好以下)"
)
_OF_YEAR = re.compile(r"(?:各位代表[!,:])?(20\d\d)年[,是]")
_PARAGRAPH = re.compile(r"(?m)^[^\n]{4,60}")
LONGEST = 60  # letters of a heading
_LINE = re.compile(r"(?m)^[^\n,。;:!]{2,16}$")


def part_of(heading: str, year: int | None) -> str | None:
    """The part that a heading begins, of a plan for `year`; None where it doesn't say."""
    if _CLOSING.search(heading):
        return CLOSING
    years = [int(one) for one in _YEAR.findall(heading)]
    if _REVIEW.search(heading) and not (year and years and max(years) >= year and "回顾" not in heading):
        return REVIEW
    if _MIDDLE.search(heading) and year not in years:
        return MIDDLE
    if _PLAN.search(heading) or (year in years and _TASKS.search(heading)):
        return PLAN
    own = _OF_YEAR.match(heading)
    if own and year and int(own[1]) <= year:
        return PLAN if int(own[1]) == year else REVIEW
    return None


def headings(text: str, year: int | None) -> list[tuple[int, int]]:
    """Lines of a folded text, as [start, end), that begin a part without a number."""
    return [found.span() for found in _LINE.finditer(text) if part_of(found[0], year) and not MARKER.match(found[0])]


def turned(paragraph: str, part: str, year: int | None) -> str:
    """The part that a paragraph of `part` belongs to, by its first words."""
    own = _OF_YEAR.match(paragraph)
    if part == PLAN and (_BACK.match(paragraph) or (own and year and int(own[1]) < year)):
        return REVIEW
    if part == REVIEW and (_AHEAD.match(paragraph) or (own and int(own[1]) == year)):
        return PLAN
    return part


def last_plan(text: str, year: int | None) -> int:
    """Where the last paragraph begins that turns to the plan; -1 where none does."""
    starts = [found.start() for found in _PARAGRAPH.finditer(text) if turned(found[0], REVIEW, year) == PLAN]
    return starts[-1] if starts else -1
