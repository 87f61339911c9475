"""The place of an error in words: the question by its label, the row by its key, the unit by its id; nobody is shown a path."""

import re
from collections.abc import Mapping
from typing import Any

from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset

HEAD: Mapping[str, str] = {
    "": "",
    "assessed_on": "评定日期",
    "units": "核查单元",
    "enterprise": "企业",
    "enterprise.name": "企业名称",
    "enterprise.uscc": "统一社会信用代码",
    "enterprise.permit": "排污许可证编号",
    "enterprise.county": "行政区划代码",
    "enterprise.facts": "全厂情况",
}
IN_UNIT: Mapping[str, str] = {"": "", "id": "单元编号", "ruleset": "规则集", "facts": "各项", "groups": "各表"}
PARTS: Mapping[str, str] = {"value": "", "evidence": "证据", "note": "备注"}
FIELDS: Mapping[str, str] = {
    "login": "用户名",
    "name": "名称",
    "role": "角色",
    "area": "辖区代码",
    "team_id": "评审组",
    "enterprise_id": "企业",
    "site_id": "厂区",
    "uscc": "统一社会信用代码",
    "county": "行政区划代码",
    "since": "第一天",
    "until": "最后一天",
    "password": "口令",
    "reasons": "理由",
    "statement": "审定说明",
    "file": "文件",
}
"""Fields of the other forms."""
_UNIT = re.compile(r"units\[(\d+)\](?:\.(.*))?", re.S)
_TABLE = re.compile(r'groups\.([^.\[\]]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?(?:\.(.*))?', re.S)
_STEP = re.compile(r"([^.\[\]]+)(?:\.([^.\[\]]+))?.*", re.S)


def place_words(place: str, library: Library, document: Any = None) -> str:
    """`一线 排放口“DA003” 颗粒物` for a path into an audit, whose JSON is the `document`; empty for what has no name."""
    if place in HEAD:
        return HEAD[place]
    if place.startswith("enterprise.facts."):
        return _question(place.removeprefix("enterprise.facts."), [None], library)
    found = _UNIT.fullmatch(place)
    if found is None:
        return FIELDS.get(place, "")
    index, inner = int(found[1]), found[2] or ""
    unit = _item(document.get("units") if isinstance(document, dict) else None, index)
    ruleset = _ruleset(unit.get("ruleset"), library)
    name = unit.get("id") if isinstance(unit.get("id"), str) and unit["id"].strip() else f"第 {index + 1} 个单元"
    if inner in IN_UNIT:
        label = IN_UNIT[inner]
    elif inner.startswith("facts."):
        label = _question(inner.removeprefix("facts."), [ruleset], library)
    elif (table := _TABLE.fullmatch(inner)) is not None:
        label = _cell(table, unit, ruleset, library)
    else:
        label = ""
    return f"{name} {label}".strip()


def _cell(table: re.Match[str], unit: Mapping[str, Any], ruleset: Ruleset | None, library: Library) -> str:
    group, row, inner = table[1], table[2], table[3] or ""
    declared = ruleset.groups.get(group) if ruleset is not None else None
    label = declared.label if declared is not None else "表"
    if row is not None and row.startswith('"'):
        label += f"“{row[1:-1]}”"
    elif row is not None:
        groups = unit.get("groups")
        stated = _item(groups.get(group) if isinstance(groups, dict) else None, int(row))
        key = stated.get(declared.key) if declared is not None else None
        label += f"“{key}”" if isinstance(key, str) and key.strip() else f"第 {int(row) + 1} 行"
    if declared is not None and inner == declared.key:
        return f"{label} 编号"
    return f"{label} {_question(inner, [ruleset], library)}".strip() if inner else label


def _question(inner: str, rulesets: list[Ruleset | None], library: Library) -> str:
    """The label of a fact and which part of its answer is meant; a fact that no ruleset knows by what was written."""
    steps = _STEP.fullmatch(inner)
    if steps is None:
        return ""
    known = [ruleset for ruleset in rulesets if ruleset is not None] or _all(library)
    label = next((r.facts[steps[1]].label for r in known if steps[1] in r.facts), f"没有名为“{steps[1][:60]}”的项目")
    return f"{label} {PARTS.get(steps[2] or '', '')}".strip()


def _all(library: Library) -> list[Ruleset]:
    return [found for id_ in library.ids() if (found := _ruleset(id_, library)) is not None]


def _ruleset(ruleset_id: Any, library: Library) -> Ruleset | None:
    try:
        return library.ruleset(str(ruleset_id))
    except (KeyError, LanguageError):
        return None


def _item(listed: Any, index: int) -> Mapping[str, Any]:
    found = listed[index] if isinstance(listed, list) and index < len(listed) else None
    return found if isinstance(found, dict) else {}
