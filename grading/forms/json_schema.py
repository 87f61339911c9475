"""The JSON Schema of an audit: what the contract says of every audit, and what a ruleset asks of its units."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.intake import MAX_ROWS, MAX_TEXT, MAX_UNITS
from grading.language.evidence_text import age_text
from grading.language.prose import unit_text
from grading.model.base import MAX_NUMBER
from grading.model.ruleset import Fact, Ruleset

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def audit_schema(rulesets: Sequence[Ruleset]) -> Schema:
    """The schema (draft 2020-12) of an audit whose units are of these rulesets, titles and descriptions in Chinese.

    It refuses nothing that `check_audit` takes of units that name their ruleset. What a schema can't say, `check_audit` alone
    refuses: too many decimal places (told in descriptions), equal unit ids, equal row keys.
    """
    titles = "、".join(dict.fromkeys(ruleset.title for ruleset in rulesets))
    shared: dict[str, Schema] = {}
    for ruleset in rulesets:
        for fact in _single(ruleset):
            reference = {"$ref": f"#/$defs/{_name(ruleset)}.{fact.id}"}
            known = shared.get(fact.id)
            shared[fact.id] = reference if known is None else {"allOf": [*known.get("allOf", [known]), reference]}
    enterprise = {
        "name": {**_text(), "title": "企业名称"},
        "uscc": _or_null({**_text(), "title": "统一社会信用代码"}),
        "permit": _or_null({**_text(), "title": "排污许可证（登记）编号"}),
        "county": _or_null({"type": "string", "pattern": "^[0-9]{6}$", "title": "行政区划代码（GB/T 2260）"}),
        "facts": {**_or_null(_object(shared)), "title": "全厂情况"},
    }
    units: Schema = {"oneOf": [{"$ref": f"#/$defs/{_name(ruleset)}"} for ruleset in rulesets]}
    return {
        "$schema": DIALECT,
        "title": f"绩效分级核查：{titles}",
        "type": "object",
        "properties": {
            "enterprise": {**_object(enterprise, required=("name",)), "title": "企业"},
            "assessed_on": {**_day(), "title": "评估日期"},
            "units": {"type": "array", "minItems": 1, "maxItems": MAX_UNITS, "items": units, "title": "核查单元"},
            "last": {**_or_null(_last()), "title": "上次的填报：只供对照，不是本次的答案"},
        },
        "required": ["enterprise", "assessed_on", "units"],
        "additionalProperties": False,
        "$defs": {
            name: schema
            for ruleset in rulesets
            for name, schema in ((_name(ruleset), _unit(ruleset)), *_facts(ruleset))
        },
    }


def _unit(ruleset: Ruleset) -> Schema:
    facts = {fact.id: {"$ref": f"#/$defs/{_name(ruleset)}.{fact.id}"} for fact in _single(ruleset)}
    groups: dict[str, Schema] = {}
    for name, group in ruleset.groups.items():
        columns: dict[str, Schema] = {group.key: {**_text(), "title": "编号"}}
        columns |= {
            fact.id: {"$ref": f"#/$defs/{_name(ruleset)}.{fact.id}"}
            for fact in ruleset.facts.values()
            if fact.group == name
        }
        least = group.least_rows
        rows = {"type": "array", "maxItems": MAX_ROWS, "items": _object(columns, required=(group.key,))}
        if least.unless is None:
            rows["minItems"] = least.rows
        groups[name] = {**_or_null(rows), "title": group.label}
    return {
        "title": ruleset.title,
        **_object(
            {
                "id": {**_text(), "title": "单元编号"},
                "ruleset": {"const": ruleset.id},
                "facts": _or_null(_object(facts)),
                "groups": _or_null(_object(groups)),
                "waivers": _or_null({"type": "array", "items": _waiver(ruleset), "title": "豁免"}),
                "industry": _or_null({**_text(), "title": "行业"}),
                "ruleset_reason": _or_null({**_text(), "title": "不用最具体的现行版本的理由"}),
            },
            required=("id", "ruleset"),
        ),
    }


def _last() -> Schema:
    """The statements of the audit before; the reading leaves out those that today's questions do not take."""
    anything: Schema = {"type": ["object", "null"]}
    return _object({"assessed_on": _day(), "facts": anything, "units": anything}, required=("assessed_on",))


def _waiver(ruleset: Ruleset) -> Schema:
    """An exemption from an indicator; a gate is never waived."""
    document = _object({"number": {**_text(), "title": "文号"}, "date": _day()}, required=("number", "date"))
    properties = {
        "indicator": {"enum": [indicator.id for indicator in ruleset.indicators], "title": "指标"},
        "authority": {**_text(), "title": "准予单位"},
        "reason": {**_text(), "title": "原因"},
        "document": {**document, "title": "文件"},
        "from": _or_null(_day()),
        "until": {**_day(), "title": "截止日期"},
        "evidence": {"anyOf": [{"type": "array", "items": _text()}, _text(), {"type": "null"}]},
    }
    return _object(properties, required=("indicator", "authority", "reason", "document", "until"))


def _facts(ruleset: Ruleset) -> Iterable[tuple[str, Schema]]:
    return ((f"{_name(ruleset)}.{fact.id}", _fact(fact)) for fact in ruleset.facts.values())


def _fact(fact: Fact) -> Schema:
    """A fact: its value bare, or with evidence and note; null is unknown."""
    value = _value(fact)
    listed = {"type": "array", "items": _text()}
    wrapped = {
        "evidence": {"anyOf": [listed, _text(), {"type": "null"}]},
        "note": _or_null(_text()),
        "as_last_time": {**_or_null({"type": "boolean"}), "title": "经本次确认，与上次（last）相同"},
        "taken": {**_or_null(_day()), "title": "凭证取得日期"},
        "valid_until": {**_or_null(_day()), "title": "凭证有效期至"},
        "covers": {**_or_null(_text()), "title": "凭证适用范围"},
    }
    bare = [value, _below(fact)] if fact.type == "number" else [value]
    wrapped["value"] = {"anyOf": [*bare, {"type": "null"}]}
    schema: Schema = {"title": fact.label, "anyOf": [*bare, _object(wrapped), {"type": "null"}]}
    described = [
        f"单位：{unit_text(fact.unit)}" if fact.unit else "",
        f"至多 {fact.decimals} 位小数" if fact.type == "number" else "",
        fact.help or "",
        f"应查资料：{'；'.join(fact.evidence)}" if fact.evidence else "",
        age_text(fact),
    ]
    if any(described):
        schema["description"] = "。".join(part for part in described if part)
    return schema


def _value(fact: Fact) -> Schema:
    if fact.type == "boolean":
        return {"type": "boolean"}
    if fact.type == "date":
        return _day()
    if fact.type == "number":
        return _number(fact)
    options = {"oneOf": [{"const": code, "title": label} for code, label in fact.options.items()]}
    return options if fact.type == "choice" else {"type": "array", "items": options, "uniqueItems": True}


def _number(fact: Fact) -> Schema:
    # No multipleOf for decimals: validators work it out in binary and refuse 0.07 as a multiple of 0.01.
    schema: Schema = {"type": "number" if fact.decimals else "integer"}
    if fact.min is None or fact.min <= -MAX_NUMBER:
        schema["exclusiveMinimum"] = -MAX_NUMBER
    else:
        schema["minimum"] = _plain(fact.min)
    if fact.max is None or fact.max >= MAX_NUMBER:
        schema["exclusiveMaximum"] = MAX_NUMBER
    else:
        schema["maximum"] = _plain(fact.max)
    return schema


def _below(fact: Fact) -> Schema:
    """An upper bound: what is below a limit of detection."""
    limit = _number(fact)
    if "minimum" in limit:
        limit["exclusiveMinimum"] = limit.pop("minimum")
    return {
        **_object({"below": limit}, required=("below",)),
        "title": '上限（低于检出限），如 {"below": 0.07} 即 <0.07',
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(plain(number))


def _day() -> Schema:
    return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def _text() -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "pattern": r"\S"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: dict[str, Schema], required: Sequence[str] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _single(ruleset: Ruleset) -> Iterable[Fact]:
    return (fact for fact in ruleset.facts.values() if fact.group is None)


def _name(ruleset: Ruleset) -> str:
    """The ruleset's id as a name that a JSON pointer takes as it is."""
    return ruleset.id.replace("/", ".")
