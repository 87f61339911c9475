"""The form of a project: what it asks, how a project fills it, and what was typed as a project again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.context import Context
from api.pages.form.answers import WrongAnswerError, read_answer, shown_answer
from api.pages.form_data import Posted
from api.problems import ErrorAt
from grading.jurisdiction import in_area
from grading.model.ruleset import Fact
from grading.policy.apply import PolicyEngine
from grading.policy.given import OTHERS, OTHERS_LABEL, given_facts
from grading.ruleset_id import industry_of
from reports.context.words import region_text

FACT = "facts."
CODE = re.compile(r"[0-9]{6}")
GIVEN = {
    "kind": "project_kind",
    "emits_to_air": "emits_to_air",
    "in_urban_area": "in_urban_area",
    "distance_km": "distance_km",
    "distance_method": "distance_method",
}
"""Keys of a project by the facts that policies read of them."""
WORDED = ("industry", "county")
"""Keys that are chosen by words."""
NAMED = 5
"""The most names that a message lists when several fit."""
Typed = Mapping[str, tuple[str, ...]]
"""Contents of fields, by their names."""


@dataclass(frozen=True)
class Question:
    """A field of the form; `name` is the key below `project`."""

    name: str
    fact: Fact


def questions(policies: PolicyEngine) -> tuple[Question, ...]:
    """Questions about a project beside its name, industry, place and day; the policies' own facts last."""
    given = given_facts(policies.library.vocabulary)
    declared = {fact.id: fact for policy in policies.policies if policy.subject == "project" for fact in policy.facts}
    treatment = declared.pop("treatment", None)
    asked = [Question(name, given[fact]) for name, fact in GIVEN.items()]
    asked += [] if treatment is None else [Question("treatment", treatment)]
    return (*asked, *(Question(FACT + name, fact) for name, fact in declared.items()))


def key_of(missing: str) -> str:
    """The name of the field that states a fact which would decide."""
    by_fact = {fact: key for key, fact in GIVEN.items()}
    if missing in by_fact:
        return by_fact[missing]
    return missing if missing in ("treatment", *WORDED) else FACT + missing


def filled(project: Mapping[str, Any], context: Context) -> Typed:
    """The fields as a project fills them."""
    facts = project.get("facts")
    flat = {**project, **{FACT + name: value for name, value in (facts or {}).items()}}
    typed = {name: _shown(value) for name, value in flat.items() if name != "facts" and value is not None}
    if "county" in typed:
        typed["county"] = (region_text(typed["county"][0]),)
    if "industry" in typed:
        typed["industry"] = (industry_label(context, typed["industry"][0]),)
    return typed


def sent_fields(sent: Posted) -> Typed:
    """The fields as they were sent."""
    names = {name for name, _ in sent.fields.multi_items()}
    return {name: sent.texts(name) for name in names if any(sent.texts(name))}


def read_fields(context: Context, asked: tuple[Question, ...], typed: Typed, project: dict[str, Any]) -> list[ErrorAt]:
    """Put what was typed into a project; what is no value is left out, and told at its place."""
    errors = []
    for question in asked:
        if question.name in typed:
            try:
                _put(project, question.name, read_answer(question.fact, typed[question.name]))
            except WrongAnswerError as error:
                errors.append(ErrorAt(f"project.{question.name}", str(error)))
    for name, options in (("industry", industry_options(context)), ("county", county_options(context))):
        if name in typed:
            found = _by_words(typed[name][-1], options)
            if isinstance(found, ErrorAt):
                errors.append(ErrorAt(f"project.{name}", found.message))
            else:
                _put(project, name, found)
    return errors


def industry_options(context: Context) -> dict[str, str]:
    """The key industries of the register by id with their names, their rulesets' own beside them, and the others."""
    library = context.service.grader.library
    register = context.service.grader.policies.today.library.vocabulary.industries
    titles = {industry_of(id_): library.title(id_) for id_ in library.ids()}
    options = {}
    for industry in register.industries:
        options[industry.id] = industry.label
        for name in sorted(industry.ids - {industry.id}):
            title = titles.get(name) or industry.label
            options[name] = title if title not in options.values() else f"{title}（{name}）"
    return options | {OTHERS: OTHERS_LABEL}


def industry_label(context: Context, industry: str) -> str:
    """The name of an industry."""
    return industry_options(context).get(industry, industry)


def county_options(context: Context) -> dict[str, str]:
    """The places of the actor's area that are known by name, by code."""
    area = context.actor.area
    known = context.service.grader.policies.today.library.vocabulary.regions
    return {code: region_text(code) for code in known if area is None or in_area(code, area)}


def _by_words(words: str, options: Mapping[str, str]) -> str | ErrorAt | None:
    """The one option that is meant: by its name, its code, or words that only its name has."""
    text = words.strip()
    if not text or text in options:
        return text or None
    exact = [code for code, label in options.items() if label == text]
    if exact:
        return exact[0]
    code = CODE.search(text)
    if code is not None:
        return code[0]
    near = [code for code, label in options.items() if text in label]
    if len(near) == 1:
        return near[0]
    if not near:
        return ErrorAt("", f"没有找到“{text[:30]}”，请从列表中选择。")
    names = "、".join(options[code] for code in near[:NAMED])
    return ErrorAt("", f"“{text[:30]}”符合多项，请选择其一：{names}{' 等' if len(near) > NAMED else ''}。")


def _put(project: dict[str, Any], name: str, value: Any) -> None:
    holder, key = project, name
    if name.startswith(FACT):
        holder, key = project.setdefault("facts", {}), name.removeprefix(FACT)
    if value is None:
        holder.pop(key, None)
    else:
        holder[key] = value


def _shown(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (shown_answer(value),)
