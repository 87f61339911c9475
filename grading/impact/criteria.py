"""The same criterion in two rulesets, and how people call it."""

from grading.language.nested import asked_at
from grading.language.prose import NOT_ASKED, requirement_text, sentence
from grading.model.impact import CriterionKind
from grading.model.ruleset import Cap, Gate, Indicator, Ruleset

NOT_THERE = "无此项"
OF_SCALE = "等级体系不同"
WAIVERS = {"ended": "豁免到期或终止", "granted": "新准予豁免"}
"""The change of a waiver since the grading before."""


def counterparts(before: Ruleset, after: Ruleset) -> dict[str, str]:
    """By criterion of `before` (indicators and gates): the same of `after`, also if it has been renamed since."""
    old = {indicator.id for indicator in before.indicators}
    found: dict[str, str] = {}
    for indicator in after.indicators:
        if indicator.id in old:
            found[indicator.id] = indicator.id
        elif indicator.renamed_from is not None and indicator.renamed_from in old:
            found.setdefault(indicator.renamed_from, indicator.id)
    gates = {gate.id for gate in before.gates}
    return found | {gate.id: gate.id for gate in after.gates if gate.id in gates and gate.id not in found}


def criterion(ruleset: Ruleset, kind: CriterionKind, criterion_id: str | None) -> Indicator | Gate | None:
    """The criterion of a ruleset; None where it has none of that id."""
    listed: tuple[Indicator | Gate, ...] = ruleset.indicators if kind == "indicator" else ruleset.gates
    return next((known for known in listed if known.id == criterion_id), None)


def title(
    before: Ruleset,
    after: Ruleset,
    kind: CriterionKind,
    before_id: str | None,
    after_id: str | None,
    waiver: str | None = None,
) -> str:
    """The title of a criterion, by the later ruleset if it has it; with what became of its waiver, where that is the cause."""
    found = criterion(after, kind, after_id) or criterion(before, kind, before_id)
    if found is None:
        return OF_SCALE
    called = found.title or (found.text if isinstance(found, Gate) else found.id)
    return called if waiver is None else f"{called}（{WAIVERS[waiver]}）"


def required(ruleset: Ruleset, kind: CriterionKind, criterion_id: str | None, level: str | None) -> str:
    """A ruleset's requirement of a criterion at a level, in words; 无此项 where it has none, 不作要求 where it asks nothing."""
    found = criterion(ruleset, kind, criterion_id)
    if isinstance(found, Gate):
        effect = f"最高评{_label(ruleset, found.effect.cap)}" if isinstance(found.effect, Cap) else "不纳入绩效分级"
        return f"{sentence(ruleset, found.when)}的，{effect}"
    if isinstance(found, Indicator):
        return NOT_ASKED if level not in ruleset.scale.ids else requirement_text(ruleset, found, level)
    return NOT_THERE


def clause(ruleset: Ruleset, kind: CriterionKind, criterion_id: str | None, level: str | None) -> str:
    """The clause of the guideline: document and section; empty where nothing is cited."""
    found = criterion(ruleset, kind, criterion_id)
    if found is None:
        return ""
    asked = asked_at(ruleset.scale.graded, found, level) if isinstance(found, Indicator) and level is not None else None
    cite = ruleset.provenance(found, asked.requirement if asked is not None else None).cite
    return f"{cite.document} {cite.section}" if cite.section else cite.document


def _label(ruleset: Ruleset, level: str) -> str:
    return next((known.label for known in ruleset.scale.levels if known.id == level), level)
