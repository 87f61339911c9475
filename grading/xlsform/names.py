"""Names of the questions of an XLSForm: each unique in the whole form, and made of letters, digits and underscores alone."""

import re

FORMAT = "1"
"""The version of these names, which every submission states."""
FORMAT_NAME = "grading_form"
HEAD = {
    "enterprise_name": "enterprise.name",
    "enterprise_uscc": "enterprise.uscc",
    "enterprise_permit": "enterprise.permit",
    "enterprise_county": "enterprise.county",
    "assessed_on": "assessed_on",
}
"""The questions of the first screen, with their places in the audit."""
BELOW, EVIDENCE, PHOTO, NOTE = "__below", "__evidence", "__photo", "__note"
"""The questions beside a fact: upper bound, evidence in words, photo, note."""
ABOUT = {"taken": "__taken", "valid_until": "__valid_until", "covers": "__covers"}
"""Statements about a fact's evidence: its day, its last day, its coverage."""
ROWS, STATED, KEY = "__rows", "__stated", "__key"
"""Of a table: its repeat, whether there are any rows, the name of a row."""
UNIT_ID, RULESET, DIGEST, DIFFERS = "__id", "__ruleset", "__digest", "__differs"
MORE = "__more"
"""Of a unit: more evidence, of any fact and any row."""
MORE_FACT, MORE_ROW, MORE_TEXT, MORE_PHOTO, MORE_FILE, MORE_NOTE = (
    "__more_fact", "__more_row", "__more_text", "__more_photo", "__more_file", "__more_note",
)  # fmt: skip
MORE_ABOUT = {kind: f"{MORE}{suffix.removeprefix('_')}" for kind, suffix in ABOUT.items()}
NONE_OF_THEM = "__none"
"""The choice that stands for none of several options; no option of a ruleset begins so."""
YES, NO = "yes", "no"
CHECKED = "OK"
"""The value of a box that is ticked."""
FILLED, EMPTY, OPEN = "rows", "none", "unchecked"
"""The answers to whether a table has rows."""
PLANT = "e"
_PLACE = re.compile(r"(enterprise|units\[(\d+)\])\.(?:facts|groups\.\w+\[\])\.(\w+)")


def unit_prefix(index: int) -> str:
    """The first letters of all names of a unit: `u1` of the first."""
    return f"u{index + 1}"


def name_of(place: str) -> str:
    """The name of a question by the place of its answer: `units[0].facts.x` and `units[0].groups.g[].x` are `u1_x`."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(place)
    prefix = PLANT if found[2] is None else unit_prefix(int(found[2]))
    return f"{prefix}_{found[3]}"
