"""Computed facts as formulas in words: `炉膛烟气氮氧化物 ×（21 − 9）÷（21 − 含氧量）`."""

from grading.computed import AIR_OXYGEN
from grading.language.prose import fact_label, glue, number_text
from grading.model.ruleset import Computed, Operand, Ruleset

_SIGNS = {"ratio": " ÷ ", "product": " × ", "sum": " + ", "difference": " − "}


def formula_text(ruleset: Ruleset, computed: Computed) -> str:
    """The operation of a computed fact on its operands, which are called by their labels."""
    operands = [_operand(ruleset, operand) for operand in computed.operands]
    if computed.operation in _SIGNS:
        return _SIGNS[computed.operation].join(operands)
    if computed.operation == "oxygen_corrected":
        value, oxygen, baseline = operands
        return f"{value} ×（{AIR_OXYGEN} − {baseline}）÷（{AIR_OXYGEN} − {oxygen}）"
    if computed.operation == "days_between":
        return glue(("从", operands[0], "到", operands[1], "的天数"))
    return glue(("、".join(operands), f"中{'最小' if computed.operation == 'minimum' else '最大'}的一个"))


def _operand(ruleset: Ruleset, operand: Operand) -> str:
    return fact_label(ruleset, operand) if isinstance(operand, str) else number_text(operand)
