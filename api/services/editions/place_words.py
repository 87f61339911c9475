"""Errors of an edition that was written by the service, told by the names of indicators instead of lines of a file."""

import re
from collections.abc import Mapping, Sequence

from api.problems import ErrorAt, Problem
from grading.language.decision_text import level_label
from grading.language.written import stated_ids
from grading.model.ruleset import Ruleset, split_levels

_ENTRY = re.compile(r"(?:第 \d+ 行 )?(indicators|gates)\[(\d+)\](?:\.levels\.([A-Za-z0-9_+, -]+))?")


def in_words(problem: Problem, edition: Ruleset, parent: Ruleset) -> Problem:
    """The same refusal, each error at its indicator or gate and level."""
    if problem.code != "invalid_ruleset":
        return problem
    listed = stated_ids(edition, parent)
    errors = [ErrorAt(place_text(error.place, edition, listed), error.message, error.code) for error in problem.errors]
    return Problem(problem.code, f"报审前检查有 {len(errors)} 处错误。", status=problem.status, errors=errors)


def place_text(place: str, edition: Ruleset, listed: Mapping[str, Sequence[str]]) -> str:
    """A place of an edition's file at its indicator or gate and level; `listed` are the ids that the file states, by kind."""
    found = _ENTRY.match(place)
    if found is None:
        return place
    kind, index, levels = found.groups()
    ids = listed[kind]
    if int(index) >= len(ids):
        return place
    titles = {one.id: one.title for one in edition.indicators} | {
        one.id: one.title or one.text for one in edition.gates
    }
    text = f"“{titles.get(ids[int(index)], ids[int(index)])}”"
    if levels:
        text += "、".join(level_label(edition.scale, level) for level in split_levels(levels))
    return text
