"""The sheets of plain entries → the ruleset's plain values, with the cell of each."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from grading.model.base import Cite
from grading.model.ruleset import NO, YES
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.findings import Findings, Path
from grading.ruleset_workbook.layout_records import NOTE
from grading.ruleset_workbook.raw import Raw, plain_copy, put
from grading.ruleset_workbook.read_rows import ReadRow
from grading.ruleset_workbook.words import RETIRED

FACT_ROLES = ("label", "type", "group", "unit", "min", "max", "decimals", "changed_by", "circumstance", "help")
GROUP_ROLES = ("label", "key")
COMPUTED_ROLES = ("label", "group", "unit", "help")


def retired(row: ReadRow) -> bool:
    """True for an entry that is to go."""
    return bool(row.get("handling") == RETIRED)


def is_filled(row: ReadRow, found: Findings, *roles: str) -> bool:
    """True when a row has what it can't do without; tells what it lacks."""
    lacking = [role for role in roles if row.get(role) in (None, "", ()) and role not in row.bad]
    for role in lacking:
        head = next(column.head for column in row.sheet.columns if column.role == role)
        if row.row is None:
            found.wrong(row.spot(role), "", RulesetWorkbookCode.NEW_ROW_LACKING, head=head)
        else:
            was = row.row.kind(next(c for c in row.sheet.columns if c.role == role)).show(row.row.values.get(role))
            found.wrong(row.spot(role), "", RulesetWorkbookCode.NOTHING_IN_CELL, head=head, was=str(was))
    return not lacking and not any(role in row.bad for role in roles)


def read_head(rows: list[ReadRow], base: Raw, found: Findings) -> Raw:
    """The head of the ruleset's file: id, title, edition, region, industry, notes."""
    head = {key: plain_copy(base[key]) for key in ("id", "title", "edition", "jurisdiction", "industry", "notes")}
    notes: list[str] = []
    for row in rows:
        code = row.row.code if row.row is not None else NOTE
        value = row.get("value")
        if code.partition("#")[0] == NOTE:
            if value is not None and not retired(row):
                notes.append(value)
                found.spots["notes", len(notes) - 1] = partial(row.spot, "value")
            elif row.row is not None and not retired(row):
                is_filled(row, found, "value")
            continue
        path: Path = tuple(code.split("."))
        found.spots[path] = partial(row.spot, "value")
        if code in ("id", "title", "edition.document", "edition.effective", "jurisdiction") and not is_filled(
            row, found, "value"
        ):
            continue
        target = head if len(path) == 1 else head[str(path[0])]
        put(target, str(path[-1]), value)
    return head | {"notes": notes}


def read_citations(rows: list[ReadRow], base: Mapping[str, Cite], found: Findings) -> dict[str, Raw]:
    """The citations by code."""
    citations: dict[str, Raw] = {}
    for row in rows:
        if not is_filled(row, found, "code", "document"):
            if row.row is not None:
                citations[row.row.code] = base[row.row.code].model_dump(exclude_defaults=True)
            continue
        code = row.get("code")
        if code in citations:
            found.wrong(row.spot("code"), code, RulesetWorkbookCode.CITATION_TWICE, code=code)
            continue
        raw: Raw = {}
        for role in ("document", "section", "clause", "page", "url", "note"):
            put(raw, role, row.get(role))
        citations[code] = raw
    return citations


def cited(row: ReadRow, role: str, citations: Mapping[str, Raw], found: Findings) -> Raw | None:
    """The citation that a cell names."""
    code = row.get(role)
    if code is None or role in row.bad:
        return None
    if code not in citations:
        row.bad.add(role)
        found.wrong(row.spot(role), str(code), RulesetWorkbookCode.CITATION_UNKNOWN, code=str(code))
        return None
    return dict(citations[code])


def read_groups(rows: list[ReadRow], base: Raw, found: Findings) -> Raw:
    """The tables of the form."""
    groups: Raw = {}
    for row in rows:
        if retired(row) or not is_filled(row, found, "id", "label", "key"):
            continue
        id_ = row.get("id")
        if id_ in groups:
            found.wrong(row.spot("id"), id_, RulesetWorkbookCode.ENTRY_TWICE, id=id_)
            continue
        raw = plain_copy(base.get(id_, {})) if row.row is not None else {}
        for role in GROUP_ROLES:
            put(raw, role, row.get(role))
        if row.changed & {"rows", "unless", "equals"}:
            rows_, fact = row.get("rows"), row.get("unless")
            least: Any = rows_
            if fact is not None:
                least = {"rows": rows_, "unless": {"fact": fact, "equals": row.get("equals") == "true"}}
            put(raw, "at_least_rows", least)
        groups[id_] = raw
        _spots(row, ("groups", id_), found, id="id", label="label", key="key", at_least_rows="rows")
    return groups


def read_facts(
    rows: list[ReadRow], options: list[ReadRow], evidence: list[ReadRow], base: list[Raw], found: Findings
) -> list[Raw]:
    """The facts with their options and their evidence."""
    before = {raw["id"]: raw for raw in base}
    facts: dict[str, Raw] = {}
    removed: set[str] = set()
    for row in rows:
        if row.row is not None and retired(row):
            removed.add(row.row.code)
            continue
        if not is_filled(row, found, "id", "label", "type"):
            if row.row is not None:
                facts[row.row.code] = plain_copy(before[row.row.code])
            continue
        id_ = row.get("id")
        if id_ in facts:
            found.wrong(row.spot("id"), id_, RulesetWorkbookCode.ENTRY_TWICE, id=id_)
            continue
        raw = plain_copy(before[id_]) if row.row is not None else {"id": id_}
        for role in row.changed & {*FACT_ROLES, "lapses_after_months"}:
            put(raw, role, row.get(role))
        if "evidence_valid" in row.changed:
            months = row.get("evidence_valid")
            put(raw, "evidence_valid", None if months is None else {"months": months})
        if "changes_to" in row.changed:
            words = {"是": True, "否": False}
            put(raw, "changes_to", tuple(words.get(text, text) for text in row.get("changes_to")))
        facts[id_] = raw
        _spots(
            row,
            ("facts", len(facts) - 1),
            found,
            **{role: role for role in (*FACT_ROLES, "id", "changes_to", "evidence_valid")},
        )
    places = {id_: i for i, id_ in enumerate(facts)}
    _options(options, facts, places, removed, found)
    for row in evidence:
        id_ = row.row.code if row.row is not None else row.get("id")
        if id_ in removed or (row.row is not None and id_ not in facts):
            continue
        if id_ not in facts:
            found.wrong(
                row.spot("id"), str(id_ or ""), RulesetWorkbookCode.FACT_NAMED_UNKNOWN, given=str(id_ or ""), hint=""
            )
            continue
        if "evidence" in row.changed:
            put(facts[id_], "evidence", row.get("evidence"))
        found.spots["facts", places[id_], "evidence"] = partial(row.spot, "evidence")
    return list(facts.values())


def _options(
    rows: list[ReadRow], facts: dict[str, Raw], places: Mapping[str, int], removed: set[str], found: Findings
) -> None:
    for row in rows:
        known = row.row
        fact_id, code = (known.values["fact"], known.values["code"]) if known else (row.get("fact"), row.get("code"))
        if known is not None and fact_id in removed:
            continue
        if known is None and not is_filled(row, found, "fact", "code", "label"):
            continue
        fact = facts.get(fact_id)
        answers = fact is not None and fact["type"] == "boolean" and code in (YES, NO)
        if fact is None or (fact["type"] not in ("choice", "choices") and not answers):
            if known is None:
                found.wrong(row.spot("fact"), str(fact_id), RulesetWorkbookCode.OPTION_FACT_UNKNOWN, fact=str(fact_id))
            continue
        options, synonyms = fact.setdefault("options", {}), fact.setdefault("synonyms", {})
        if known is None and code in options:
            found.wrong(row.spot("code"), code, RulesetWorkbookCode.ENTRY_TWICE, id=code)
        elif retired(row):
            options.pop(code, None)
            synonyms.pop(code, None)
        elif known is None or row.changed:
            if not answers and is_filled(row, found, "label"):
                options[code] = row.get("label")
            put(synonyms, code, row.get("synonyms"))
        for key in ("options", "synonyms"):
            if not fact[key]:
                del fact[key]
        path = ("facts", places[fact_id])
        found.spots[*path, "options", code] = partial(row.spot, "label")
        found.spots[*path, "synonyms", code] = partial(row.spot, "synonyms")


def read_computed(rows: list[ReadRow], base: list[Raw], found: Findings) -> list[Raw]:
    """The computed facts."""
    before = {raw["id"]: raw for raw in base}
    computed: dict[str, Raw] = {}
    for row in rows:
        if retired(row):
            continue
        if not is_filled(row, found, "id", "operation"):
            if row.row is not None:
                computed[row.row.code] = plain_copy(before[row.row.code])
            continue
        id_ = row.get("id")
        if id_ in computed:
            found.wrong(row.spot("id"), id_, RulesetWorkbookCode.ENTRY_TWICE, id=id_)
            continue
        raw = plain_copy(before[id_]) if row.row is not None else {"id": id_}
        for role in row.changed & set(COMPUTED_ROLES):
            put(raw, role, row.get(role))
        operands = [role for role in row.columns if role.startswith("operand:")]
        if row.row is None or row.changed & {"operation", *operands}:
            if row.row is not None:
                raw.pop(row.row.values["operation"], None)
            raw[row.get("operation")] = _operands(row, operands)
        computed[id_] = raw
        path = ("computed", len(computed) - 1)
        _spots(row, path, found, **{role: role for role in (*COMPUTED_ROLES, "id")})
        for i, role in enumerate(operands):
            found.spots[*path, row.get("operation"), i] = partial(row.spot, role)
        found.spots[*path, row.get("operation")] = partial(row.spot, "operation")
    return list(computed.values())


def _operands(row: ReadRow, roles: list[str]) -> Any:
    given = [row.get(role) for role in roles if row.get(role) is not None]
    if row.get("operation") != "oxygen_corrected":
        return given
    names = ("value", "oxygen", "baseline")
    return dict(zip(names, [*given, *[None] * 3], strict=False)) if len(given) <= len(names) else given


def _spots(row: ReadRow, path: Path, found: Findings, **roles: str) -> None:
    """The cells of an entry and of each of its keys."""
    found.spots[path] = partial(row.spot, next(iter(roles.values())) if "id" not in roles else roles["id"])
    for key, role in roles.items():
        found.spots[*path, key] = partial(row.spot, role)
