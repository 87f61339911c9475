"""A phone with the form on it: what it would send for an audit, as the servers export it."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from openpyxl import load_workbook

from grading.language.load import Library
from grading.model.audit import Audit, Below, Known
from grading.xlsform import names
from grading.xlsform.write import xlsform
from tests.shipped import LIBRARY


@cache
def survey(ruleset_ids: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """The rows of the survey of shipped rulesets' form."""
    return rows_of(xlsform([LIBRARY.ruleset(id_) for id_ in ruleset_ids]))


def rows_of(form: bytes) -> tuple[dict[str, str], ...]:
    """The rows of a form's survey, each with its groups in `path`."""
    book = load_workbook(io.BytesIO(form))
    head, *lines = book["survey"].iter_rows(values_only=True)
    found, stack = [], []
    for line in lines:
        row = {str(name): str(cell) for name, cell in zip(head, line, strict=True) if cell is not None}
        if row["type"].startswith("end_"):
            stack.pop()
            continue
        found.append(row | {"path": "/".join([*stack, row["name"]])})
        if row["type"].startswith("begin_"):
            stack.append(row["name"])
    return tuple(found)


@dataclass
class Sent:
    """Answers by the names of their questions, and the rows of repeats."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list["Sent"]] = field(default_factory=dict)


def filled_in(audit: Audit, library: Library = LIBRARY) -> Sent:
    """The form with everything of an audit in it, as an assessor would have answered."""
    sent = Sent({"grading_form": names.FORMAT, "assessed_on": audit.assessed_on.isoformat()})
    for name in ("name", "uscc", "permit", "county"):
        sent.values[f"enterprise_{name}"] = getattr(audit.enterprise, name)
    for id_, known in audit.enterprise.facts.items():
        _put(sent, f"e_{id_}", known)
    for index, unit in enumerate(audit.units):
        prefix, ruleset = names.unit_prefix(index), library.ruleset(unit.ruleset)
        sent.values |= {f"{prefix}__id": unit.id, f"{prefix}__ruleset": unit.ruleset}
        more = sent.rows.setdefault(f"{prefix}__more", [])
        for id_, known in unit.facts.items():
            _put(sent, f"{prefix}_{id_}", known)
            if about := _about(known):
                more.append(Sent({f"{prefix}__more_{name}": text for name, text in {"fact": id_, **about}.items()}))
        for group in ruleset.groups:
            rows = unit.groups.get(group)
            sent.values[f"{prefix}_{group}__stated"] = "unchecked" if rows is None else "rows" if rows else "none"
            for row in rows or ():
                one = Sent({f"{prefix}_{group}__key": row.key})
                sent.rows.setdefault(f"{prefix}_{group}__rows", []).append(one)
                for id_, known in row.facts.items():
                    _put(one, f"{prefix}_{id_}", Known(value=known.value))
                    if known.evidence or known.note or _about(known):
                        said = {"fact": id_, "row": row.key, "text": "\n".join(known.evidence), "note": known.note}
                        said |= _about(known)
                        more.append(Sent({f"{prefix}__more_{name}": text for name, text in said.items()}))
    return sent


def _about(known: Known) -> dict[str, str]:
    """What is stated of evidence, as a phone has it."""
    days = {"taken": known.taken, "valid_until": known.valid_until}
    said = {name: day.isoformat() for name, day in days.items() if day is not None}
    return said | ({"covers": known.covers} if known.covers is not None else {})


def _put(sent: Sent, name: str, known: Known) -> None:
    value = known.value
    if isinstance(value, Below):
        sent.values[f"{name}__below"], value = "OK", value.below
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, tuple | frozenset):
        value = " ".join(value) or "__none"
    elif isinstance(value, date):
        value = value.isoformat()
    *lines, photo = known.evidence or ("",)
    if not photo.endswith(".jpg"):
        lines, photo = list(known.evidence), ""
    beside = {"": value, "__evidence": "\n".join(lines), "__photo": photo, "__note": known.note}
    sent.values |= {f"{name}{suffix}": text for suffix, text in beside.items() if text not in (None, "")}


def central_json(sent: Sent, form: tuple[dict[str, str], ...]) -> bytes:
    """As ODK Central gives it with `$expand=*`: groups nested, numbers as numbers."""
    paths = {row["name"]: row["path"].split("/") for row in form}
    document = _nested(sent, paths, 0) | {
        "__id": "uuid:1",
        "__system": {"submitterName": "wang"},
        "meta": {"instanceID": "uuid:1"},
    }
    return json.dumps({"value": [document]}, ensure_ascii=False, default=_number).encode()


def _nested(sent: Sent, paths: dict[str, list[str]], depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in (*sent.values.items(), *sent.rows.items()):
        *groups, last = paths[name][depth:]
        here = document
        for group in groups:
            here = here.setdefault(group, {})
        is_rows = name in sent.rows
        here[last] = [_nested(one, paths, len(paths[name])) for one in value] if is_rows else value
    return document


def kobo_json(sent: Sent, form: tuple[dict[str, str], ...]) -> bytes:
    """As Kobo gives it: whole paths as keys, everything a text."""
    paths = {row["name"]: row["path"] for row in form}
    document = {
        "_id": 7,
        "_attachments": [{"filename": "wang/attachments/a.jpg"}],
        "formhub/uuid": "f",
        "meta/instanceID": "uuid:1",
    }
    return json.dumps({"count": 1, "results": [document | _flat(sent, paths)]}, ensure_ascii=False).encode()


def _flat(sent: Sent, paths: dict[str, str]) -> dict[str, Any]:
    values = {paths[name]: str(value) for name, value in sent.values.items() if value is not None}
    return values | {paths[name]: [_flat(one, paths) for one in rows] for name, rows in sent.rows.items() if rows}


def central_zip(sent: Sent, form: tuple[dict[str, str], ...]) -> bytes:
    """As ODK Central gives it as CSV: a file for the form and one for each repeat, groups before each name."""
    paths = {row["name"]: row["path"].replace("/", "-") for row in form}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "form.csv",
            _csv([{paths[n]: v for n, v in sent.values.items()} | {"KEY": "uuid:1", "SubmitterName": "wang"}]),
        )
        for name, rows in sent.rows.items():
            lines = [
                {paths[n].split(f"{name}-")[1]: v for n, v in one.values.items()}
                | {"PARENT_KEY": "uuid:1", "KEY": f"uuid:1/{name}[{i}]"}
                for i, one in enumerate(rows)
            ]
            archive.writestr(f"form-{name}.csv", _csv(lines, ["PARENT_KEY", "KEY"]))
        archive.writestr("media/a.jpg", b"")
    return buffer.getvalue()


def _csv(lines: list[dict[str, Any]], least: list[str] | None = None) -> str:
    heads = list(dict.fromkeys([name for line in lines for name in line] + (least or [])))
    text = io.StringIO()
    writer = csv.DictWriter(text, heads)
    writer.writeheader()
    writer.writerows(lines)
    return "\ufeff" + text.getvalue()


def _number(value: object) -> float | int:
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)


EXPORTS = (central_json, kobo_json, central_zip)


def named(form: tuple[dict[str, str], ...]) -> Iterator[str]:
    """The names of a form's questions and repeats."""
    return (row["name"] for row in form)
