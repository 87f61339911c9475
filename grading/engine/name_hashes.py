"""Names for the rule library: short, since every fact is read and told with them, and chosen by the hash that finds them.

Behind each condition the library keeps the next ones in a table that is walked for every property of a fact: from the place that
the name's hash gives, one of the first `PLACES`, to the first free one. Names that lie badly make it walk past hundreds of
conditions of other properties for each fact.
"""

from functools import cache
from itertools import product
from string import ascii_uppercase, digits

PLACES = 32
"""So many places in a table a walk can begin at."""
OF_PARCELS = PLACES - 1
"""The place of parcels, whose conditions fill the table from there on: no named property of a fact walks past them, and of what
is built on a name (options, ends) hardly any."""
STRIDE = 11
"""From one property's place to the next one's: several conditions of a property, one for each value, fit in between."""


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the library tells names and fact ids apart."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def name_of_parcel(number: int) -> str:
    """The name of the parcel of a number."""
    return _name_at(OF_PARCELS, number)


def name_of_property(number: int) -> str:
    """The name of the property of a number; what others build on it, they end in small letters."""
    return _name_at(number * STRIDE % OF_PARCELS, number // OF_PARCELS)


def _name_at(place: int, number: int) -> str:
    length = 1
    while number >= len(names := _names_of(length)[place]):
        number -= len(names)
        length += 1
    return names[number]


@cache
def _names_of(length: int) -> tuple[list[str], ...]:
    """All names of a length, by their places."""
    by_place: tuple[list[str], ...] = tuple([] for _ in range(PLACES))
    for letters in product(ascii_uppercase, *[ascii_uppercase + digits] * (length - 1)):
        name = "".join(letters)
        by_place[fnv1a(name) % PLACES].append(name)
    return by_place
