"""Columns of the layout as a file's heads name them: by id, by label, as the audit form heads them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from grading.batch.layout import ASSESSED_ON, COUNTY, HEADS, UNIT_ID, count_column
from grading.forms.evidence_days import DAYS, LABELS
from grading.forms.layout import sheet_title, short_label
from grading.forms.write_cover import HEAD as COVER_HEAD
from grading.forms.write_table import KEY_LABEL
from grading.language.prose import unit_text
from grading.model.ruleset import Fact, Ruleset

PROBLEM = "问题与改法"
"""The column that refused units carry in the copy that tells why; it is not read."""
_ABOUT: Mapping[str, str] = {name: LABELS[name] for name in DAYS}
_IDENTIFIERS = frozenset(HEADS) - {ASSESSED_ON}


class HeadNames:
    """The heads that a table may have."""

    def __init__(self, ruleset: Ruleset, group: str | None) -> None:
        pairs = [(plain_head(head), name) for head, name in _heads(ruleset, group)]
        head_counts = Counter(head for head, _ in dict.fromkeys(pairs))
        self.by_id = {plain_head(name): name for name in columns(ruleset, group)}
        self.by_label = {head: name for head, name in pairs if head_counts[head] == 1}
        self.identifiers = _IDENTIFIERS if group is None else frozenset((UNIT_ID, ruleset.groups[group].key))

    def column(self, head: str) -> str | None:
        """The column that a head means; None when there is none, or several."""
        plain = plain_head(head)
        return self.by_id.get(plain) or self.by_label.get(plain)

    @property
    def shown(self) -> list[str]:
        """Ids and labels, to propose one that is near."""
        return [*self.by_id, *self.by_label]


def evidence_columns(fact: Fact) -> tuple[str, ...]:
    """The columns of the days of a fact's evidence, where the ruleset limits its age."""
    return tuple(f"{fact.id}.{name}" for name in _ABOUT) if fact.evidence_valid is not None else ()


def columns(ruleset: Ruleset, group: str | None) -> list[str]:
    """The columns of a table, in their order."""
    facts = [
        name for fact in ruleset.facts.values() if fact.group == group for name in (fact.id, *evidence_columns(fact))
    ]
    if group is None:
        return [*HEADS, *facts, *(count_column(name) for name in ruleset.groups)]
    return [UNIT_ID, ruleset.groups[group].key, *facts]


def label(ruleset: Ruleset, group: str | None, name: str) -> str:
    """The Chinese head of a column; several of a table may have the same."""
    if name in HEADS:
        return HEADS[name]
    if group is not None and name == ruleset.groups[group].key:
        return KEY_LABEL
    counted = {count_column(id_): f"{known.label}行数" for id_, known in ruleset.groups.items()}
    if group is None and name in counted:
        return counted[name]
    fact, _, about = name.partition(".")
    return f"{ruleset.facts[fact].label}{_ABOUT[about]}" if about else ruleset.facts[fact].label


def plain_head(head: str) -> str:
    """A head without spaces, line breaks, stars and the width of its signs."""
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", head)).casefold()


def _heads(ruleset: Ruleset, group: str | None) -> Iterator[tuple[str, str]]:
    """Every way to head a column, with the column."""
    for name in columns(ruleset, group):
        plain = label(ruleset, group, name)
        yield plain, name
        yield f"{plain}（{name}）", name
        fact = ruleset.facts.get(name)
        if fact is not None and fact.group == group:
            yield from ((f"{plain}（{unit}）", name) for unit in _units(fact))
    if group is None:
        yield from ((COVER_HEAD[name][0], name) for name in COVER_HEAD if name in HEADS)
        yield "统一信用代码", "enterprise.uscc"
        yield "县区代码", COUNTY
    else:
        yield f"{short_label(ruleset.groups[group].label)}{KEY_LABEL}", ruleset.groups[group].key


def _units(fact: Fact) -> tuple[str, ...]:
    return (fact.unit, unit_text(fact.unit)) if fact.unit else ()


def table_names(ruleset: Ruleset) -> Mapping[str, str]:
    """The groups by every name that a sheet or file of them may have."""
    names: dict[str, str] = {}
    for group, known in ruleset.groups.items():
        for name in (group, known.label, short_label(known.label), sheet_title(known.label)):
            names.setdefault(plain_head(name), group)
    return names
