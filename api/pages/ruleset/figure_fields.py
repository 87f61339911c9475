"""Figures as the fields of a page: which control each has, what stands in it."""

from dataclasses import dataclass

from grading.figure_edits.fields import SEPARATOR, VALUE, fields_of, texts_of
from grading.figure_edits.figures import Figure, fact_of, figure_text, figures
from grading.language.decision_text import level_label
from grading.language.prose import unit_text
from grading.model.condition import LIST_OPERATORS
from grading.model.ruleset import Ruleset, split_levels

OPERATORS = {
    "at_most": "不高于",
    "at_least": "不低于",
    "below": "低于",
    "above": "高于",
    "equals": "为",
    "one_of": "为其中之一",
    "none_of": "不为其中任一",
    "includes_any": "至少包括其中一项",
    "includes_all": "包括全部",
    "within": "只限",
}
WAY_NAMES = {"up": "上升", "down": "下降", "undecided": "转为待定", "settled": "转为已定"}


@dataclass(frozen=True)
class FigureField:
    """A figure with its fields; `control` is `number`, `boolean`, `choice`, `several`, `date` or `text`."""

    figure: Figure
    label: str
    operator: str
    unit: str
    control: str
    options: dict[str, str]
    chosen: tuple[str, ...]
    fields: dict[str, str]
    text: str
    to_review: bool


@dataclass(frozen=True)
class LevelFields:
    """The requirement of a level, or of several at once: its words and its figures."""

    place: str
    label: str
    text: str
    figures: tuple[FigureField, ...]


def owner_fields(edition: Ruleset, owner: str, waiting: frozenset[str]) -> list[LevelFields]:
    """The levels of an indicator side by side; of a gate and of a condition of use one part without words."""
    texts = texts_of(edition)
    mine = [figure for figure in figures(edition) if figure.owner == owner]
    parts: dict[str, list[Figure]] = {}
    for figure in mine:
        if figure.role in ("selection", "applicability") and not figure.is_open and figure.place not in waiting:
            # What selects rows or plants is no figure of the level.
            continue
        parts.setdefault(_part(figure), []).append(figure)
    found = []
    for place, listed in parts.items():
        label = "、".join(level_label(edition.scale, level) for level in split_levels(place.rpartition(".")[2]))
        if place.startswith("gate.") or place.endswith(".applies_when"):
            label = "触发条件" if place.startswith("gate.") else "适用条件"
        shown = tuple(figure_field(edition, figure, figure.place in waiting) for figure in listed)
        found.append(LevelFields(place, label, texts.get(place, ""), shown))
    return found


def figure_field(edition: Ruleset, figure: Figure, to_review: bool) -> FigureField:
    """A figure with its fields."""
    fact = fact_of(edition, figure.comparison.fact)
    fields = fields_of(figure)
    operator = figure.comparison.operator
    if operator in LIST_OPERATORS and fact.options:
        control = "several"
    elif fact.options:
        control = "choice"
    else:
        control = fact.type if operator not in LIST_OPERATORS and fact.type in ("number", "boolean", "date") else "text"
    return FigureField(
        figure=figure,
        label=fact.label,
        operator=OPERATORS[operator],
        unit=unit_text(fact.unit) if fact.unit else "",
        control=control,
        options=dict(fact.options),
        chosen=tuple(fields[VALUE].split(SEPARATOR)) if fields[VALUE] else (),
        fields=fields,
        text=figure_text(edition, figure),
        to_review=to_review,
    )


def _part(figure: Figure) -> str:
    if figure.site.kind == "gates":
        return f"gate.{figure.site.id}"
    return f"{figure.site.id}.{figure.site.inner[1]}" if figure.levels else f"{figure.site.id}.applies_when"
