"""What asks for a value, in words: each requirement once, with all that it belongs to."""

import re
from collections.abc import Iterable, Sequence

from grading.language.short_boards import listed_titles

_BETTER = re.compile(r"或达到.{1,12}?要求：")
"""The beginning of a requirement that belongs to a better level."""
_SCOPE = re.compile(rf"(?:{_BETTER.pattern})?(查明是否适用)：")
"""The beginning of what settles whether a requirement applies."""
MOST_SCOPES = 3
"""So many questions of scope are told with what each asks."""


def asked_by(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Requirements with the titles that ask for them; one of a better level that asks the same of the same is left out."""
    asked = tuple(dict.fromkeys(pairs))
    is_short = sum(_SCOPE.match(required) is not None for _, required in asked) > MOST_SCOPES
    titles: dict[str, dict[str, None]] = {}
    for title, required in asked:
        scope = _SCOPE.match(required) if is_short else None
        titles.setdefault(scope.group(1) if scope is not None else required, {})[title] = None
    found = []
    for required, by in titles.items():
        plain = _BETTER.sub("", required, count=1) if _BETTER.match(required) else required
        if plain == required or not by.keys() <= titles.get(plain, {}).keys():
            found.append((next(iter(by)) if len(by) == 1 else listed_titles(tuple(by)), required))
    return tuple(found)


def headed_once(texts: Sequence[str]) -> tuple[str, ...]:
    """Requirements in one sentence: those of a better level after the first without saying again that they are."""
    found: list[str] = []
    before = ""
    for text in texts:
        match = _BETTER.match(text)
        head = match.group() if match is not None else ""
        found.append(text.removeprefix(head) if head and head == before else text)
        before = head
    return tuple(found)
