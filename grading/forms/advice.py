"""Findings of `check_audit` in an assessor's words: what would be right in that cell."""

import re

from grading.forms.read_sheets import Findings
from grading.forms.wording import expectation
from grading.intake import MAX_ROWS, MAX_TEXT, InputProblem
from grading.problems.codes import ProblemCode

_HEAD = {
    "enterprise": "请填写企业名称",
    "enterprise.name": "请填写企业名称（不超过 4,000 字）",
    "enterprise.permit": "应为排污许可证（登记）编号，没有的留空",
    "enterprise.county": "应为六位行政区划代码，如 610402",
    "assessed_on": "请填写评估日期，如 2023-09-10",
}
_AS_IT_IS = frozenset(
    {
        ProblemCode.DAY_IN_FUTURE,
        ProblemCode.DAY_TOO_EARLY,
        ProblemCode.TOO_FEW_ROWS,
        ProblemCode.NUMBER_TOO_LARGE,
        ProblemCode.NOTHING_STATED,
        *(code for code in ProblemCode if code.startswith("id_")),
    }
)
"""Findings of the intake that hold in a cell as they are."""
_FACT_GONE = frozenset(
    {
        ProblemCode.FACT_UNKNOWN,
        ProblemCode.FACT_UNKNOWN_TO_ALL,
        ProblemCode.FACT_UNKNOWN_IN_GROUP,
        ProblemCode.FACT_OF_ROWS,
    }
)
"""A form asked for a fact that its ruleset no longer has there."""


def advise(problem: InputProblem, found: Findings) -> tuple[str, str]:
    """The place the form knows for a problem (empty if it knows none) and what to tell the assessor."""
    place = problem.place
    while place and place not in found.spots:
        place = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", place)
    if problem.code in _AS_IT_IS:
        return place, problem.message
    if place == "enterprise.uscc":
        return place, f"{problem.message}；没有的留空"
    if place in _HEAD:
        return place, _HEAD[place]
    if place.endswith((".evidence", ".note")):
        return place, f"文字不得超过 {MAX_TEXT:,} 字，也不得含有控制字符"
    if place.endswith((".taken", ".valid_until", ".covers")):
        return place, problem.message
    if re.fullmatch(r"units\[\d+\]\.id", place):
        return place, "请填写单元编号；各单元的编号不得相同"
    field = found.fields.get(place)
    if field is not None:
        if problem.code in _FACT_GONE:
            return place, "当前的规则集已没有这一项；请改用按当前规则集生成的核查表"
        return place, f"{expectation(field.fact)}；所填：{found.given.get(place, '')}"
    if re.fullmatch(r"units\[\d+\]\.groups\.\w+\[\d+\]\.\w+", place):
        return place, "填了内容的行须有编号，且同一张表内不得重复"
    if re.fullmatch(r"units\[\d+\]\.groups\.\w+", place):
        return place, f"表格最多 {MAX_ROWS:,} 行，且须是当前规则集所有的表"
    return place, f"未通过核对（{problem.place}：{problem.message}）"
