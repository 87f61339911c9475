"""Ruleset ids: `edition/industry`, as in `national-2020/rubber`."""


def edition_of(ruleset_id: str) -> str:
    """The edition that a ruleset id names."""
    return ruleset_id.partition("/")[0]


def industry_of(ruleset_id: str) -> str:
    """The industry that a ruleset id names; empty for a text that is no such id."""
    return ruleset_id.partition("/")[2]
