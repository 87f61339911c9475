"""The words of the workbook's drop-downs, by the code that the ruleset language has for each."""

from collections.abc import Mapping
from types import MappingProxyType

from grading.forms.wording import NO, YES
from grading.vocabulary import ALERT, BASIS, CONFIDENCE, DECIDED_BY, FACT_TYPE, MEASURE

Words = Mapping[str, str]

ESTABLISHED_STATE, PROVISIONAL_STATE, UNRESOLVED_STATE, REMOVED_STATE = (
    "established",
    "provisional",
    "unresolved",
    "removed",
)
STATES: Words = MappingProxyType(
    {
        ESTABLISHED_STATE: "采用",
        PROVISIONAL_STATE: "暂定",
        UNRESOLVED_STATE: "待核实",
        REMOVED_STATE: "删去",
    }
)
PERCENT_STATES: Words = MappingProxyType({code: word for code, word in STATES.items() if code != REMOVED_STATE})
OPERATOR_WORDS: Words = MappingProxyType(
    {
        "at_most": "不高于",
        "at_least": "不低于",
        "below": "低于",
        "above": "高于",
        "equals": "为",
        "one_of": "为其中之一",
        "none_of": "不为",
        "includes_any": "至少包括一项",
        "includes_all": "全部包括",
        "within": "只限于",
    }
)
RETIRED = "retired"
HANDLING: Words = MappingProxyType({RETIRED: "停用"})
ANSWERS: Words = MappingProxyType({"true": YES, "false": NO})
CHANGED_BY: Words = MappingProxyType(
    {"works": "工程", "discipline": "管理", "papers": "资料", "time": "时间", "nothing": "不能改变"}
)
OPERATIONS_WORDS: Words = MappingProxyType(
    {
        "ratio": "相除",
        "product": "相乘",
        "sum": "相加",
        "difference": "相减",
        "minimum": "取最小",
        "maximum": "取最大",
        "oxygen_corrected": "按基准氧折算",
        "days_between": "相隔天数",
    }
)
NOT_REQUIRED = "不作要求"
SAME_AS = "同"
"""Before a level's label: the level shares the requirement of that one."""

__all__ = [
    "ALERT",
    "ANSWERS",
    "BASIS",
    "CHANGED_BY",
    "CONFIDENCE",
    "DECIDED_BY",
    "FACT_TYPE",
    "HANDLING",
    "MEASURE",
    "NOT_REQUIRED",
    "OPERATIONS_WORDS",
    "OPERATOR_WORDS",
    "PERCENT_STATES",
    "RETIRED",
    "SAME_AS",
    "STATES",
    "Words",
]
