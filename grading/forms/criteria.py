"""Requirements of a fact in the guideline, in words: the comment that an assessor reads on the question."""

from grading.forms.questions import Question
from grading.language.decision_text import effect_text
from grading.language.prose import inherited, stated_text
from grading.model.condition import Comparison, walk
from grading.model.ruleset import Gate, Indicator, Requirement, Ruleset

LONGEST = 8_000
"""A comment of so many characters is cut, and says so; Excel takes 32,767."""


def criteria(ruleset: Ruleset, question: Question) -> str:
    """Gates and indicators that compare the fact, every level of each; those that only apply by it by their titles.

    Empty when nothing reads the fact.
    """
    parts = [_gate(ruleset, gate) for gate in question.gates]
    parts += [_indicator(ruleset, indicator) for indicator in question.judged_by]
    if question.selects_for:
        titles = "、".join(indicator.title for indicator in question.selects_for)
        parts.append(f"据此确定以下指标是否适用或适用于哪些对象：{titles}")
    text = "\n\n".join(parts)
    return text if len(text) <= LONGEST else text[:LONGEST] + "……（以下从略，见规则集）"


def _gate(ruleset: Ruleset, gate: Gate) -> str:
    lines = [f"【{gate.title or '准入与降级'}】{gate.text}", f"　后果：{effect_text(ruleset, gate)}"]
    if gate.cite is not None:
        lines.append(f"　依据：{_cite(gate)}")
    return "\n".join(lines)


def _indicator(ruleset: Ruleset, indicator: Indicator) -> str:
    dimension = ruleset.dimensions.get(indicator.dimension)
    lines = [f"【{dimension.label if dimension else indicator.dimension}】{indicator.title}"]
    lines += [f"　{_label(ruleset, level)}：{same}" for level, same in inherited(ruleset, indicator).items()]
    for levels, requirement in indicator.requirements.items():
        named = "、".join(_label(ruleset, level) for level in levels)
        text = stated_text(ruleset, requirement)
        lines.append(f"　{named}：{text}{_time(requirement)}{_doubt(requirement)}")
    if indicator.cite is not None:
        lines.append(f"　依据：{_cite(indicator)}")
    return "\n".join(lines)


def _label(ruleset: Ruleset, level: str) -> str:
    return next((known.label for known in ruleset.scale.levels if known.id == level), level)


def _cite(cited: Gate | Indicator) -> str:
    cite = cited.cite
    return " ".join(part for part in (cite.document, cite.section, cite.clause, cite.page) if part) if cite else ""


def _time(requirement: Requirement) -> str:
    start, end = requirement.require.from_, requirement.require.until
    text = (f"{start.isoformat()} 起" if start else "") + (f"至 {end.isoformat()} 止" if end else "")
    return f"（{text}）" if text else ""


def _doubt(requirement: Requirement) -> str:
    """The mark of a figure that is not established."""
    compared = [c for _, c in walk(requirement.require) if isinstance(c, Comparison)]
    if any(c.is_unresolved for c in compared):
        return "〔含未核实数值，暂不能据此认定〕"
    return "〔含暂定数值，仅供试算〕" if any(c.is_provisional for c in compared) else ""
