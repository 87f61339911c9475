"""A proposed project as the approval bureau states it."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, ValidationError

from grading.campaign.model import County, Number, Text
from grading.campaign.problems import faults_of_json, place_text, places
from grading.intake import AuditError, InputProblem, check_value, input_problem, parse_json
from grading.language.industries import Industries
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Day, Identifier, Strict
from grading.policy.given import OTHERS, given_facts
from grading.policy.intake import check_for_policies
from grading.policy.library import PolicyLibrary
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import reason_of
from grading.ruleset_id import industry_of

ProjectKind = Literal["new", "rebuild", "extension", "relocation", "pollution_control_upgrade"]


class Project(Strict):
    """A project: its place, its kind, and the day on which it was accepted for approval; null is what is not known.

    `industry` is an id of the register of key industries or the name of a ruleset, or `others` for one outside the register.
    `facts` answers what policies ask about projects beyond the keys that all have.
    """

    name: Text
    kind: ProjectKind | None = None
    industry: Identifier | None = None
    emits_to_air: StrictBool | None = None
    county: County
    in_urban_area: StrictBool | None = None
    distance_km: Annotated[Number, Field(ge=0)] | None = None
    distance_method: Literal["fence", "centre"] | None = None
    accepted_on: Day
    treatment: tuple[Identifier, ...] | None = None
    facts: dict[Identifier, Any] = Field(default_factory=dict)


class _Document(Strict):
    project: Project
    audit: dict[str, Any] | None = None


def read_project(text: bytes, library: Library, policies: PolicyLibrary) -> tuple[Project, Audit | None]:
    """A project and its design data as an audit; raises AuditError with everything that is wrong with either."""
    raw = parse_json(text)
    # What is wrong inside the audit its own reader says.
    faults = [(path, reason) for path, reason in faults_of_json(raw) if path[:1] != ("audit",) or len(path) == 1]
    problems = [InputProblem(place_text(path), reason) for path, reason in faults]
    valid: Project | None
    project: Project | None = None
    audit: Audit | None = None
    try:
        valid = project = _Document.model_validate(raw).project
    except ValidationError as error:
        problems += [InputProblem(place_text(path), reason) for path, reason in places(error)]
        valid = _valid_parts(raw, error)
    design = raw.get("audit") if isinstance(raw, dict) else None
    if design is not None:
        try:
            audit = check_for_policies(design, library, policies)
        except AuditError as error:
            problems += [problem.inside("audit") for problem in error.problems]
    if valid is not None and valid.industry is not None:
        problems += _industry_problems(valid.industry, audit, policies.vocabulary.industries)
    facts: dict[str, Any] = {}
    if valid is not None:
        facts, wrong = _answered(valid, policies)
        problems += wrong
    if problems or project is None:
        raise AuditError(problems)
    return project.model_copy(update={"facts": facts}), audit


def _valid_parts(raw: Any, error: ValidationError) -> Project | None:
    """What is valid by itself of a project in which something else is wrong, to be looked at too; no project to work with."""
    stated = raw.get("project") if isinstance(raw, dict) else None
    if not isinstance(stated, dict):
        return None
    wrong = {detail["loc"][1] for detail in error.errors(include_url=False) if len(detail["loc"]) > 1}
    return Project.model_construct(
        **{key: stated[key] for key in Project.model_fields if key in stated and key not in wrong}
    )


def _industry_problems(industry: str, audit: Audit | None, register: Industries) -> Iterator[InputProblem]:
    """An industry that is not in the register is never taken for one outside it: it may be a key industry mistyped."""
    if industry != OTHERS and industry not in register.ids:
        near = tuple(f"{id_}（{found.label}）" for id_ in _near(industry, register) if (found := register.by_id(id_)))
        hint = reason_of(Phrase.PERHAPS, names=near) if near else Phrase.NOTHING
        unknown = ProblemCode.INDUSTRY_UNKNOWN
        yield input_problem("project.industry", unknown, industry=industry, hint=hint, others=OTHERS)
        return
    own = register.by_id(industry)
    for i, unit in enumerate(audit.units if audit is not None else ()):
        if register.by_id(industry_of(unit.ruleset)) is not own:
            other = ProblemCode.RULESET_OF_OTHER_INDUSTRY
            yield input_problem(f"audit.units[{i}].ruleset", other, ruleset=unit.ruleset, industry=industry)


def _near(industry: str, register: Industries) -> list[str]:
    """Ids that a mistyped one may stand for: those that begin with it, then those that are spelt much alike."""
    ids = sorted(register.ids)
    longer = [id_ for id_ in ids if id_.startswith(f"{industry}_")]
    return list(dict.fromkeys((*longer, *get_close_matches(industry, ids, cutoff=0.7))))


def _answered(project: Project, policies: PolicyLibrary) -> tuple[dict[str, Any], list[InputProblem]]:
    """The project's facts, and its treatment and distance, read as the policies about projects declare them."""
    declared = {fact.id: fact for policy in policies.policies() if policy.subject == "project" for fact in policy.facts}
    problems: list[InputProblem] = []
    if project.treatment is not None and "treatment" in declared:
        _, wrong = check_value(list(project.treatment), "project.treatment", [declared["treatment"]])
        problems += wrong
    if project.distance_km is not None:
        # More places than the engine compares exactly are refused, not cut off: a zone goes by the distance unrounded.
        distance = given_facts(policies.vocabulary)["distance_km"]
        _, wrong = check_value(project.distance_km, "project.distance_km", [distance])
        problems += wrong
    facts: dict[str, Any] = {}
    for name, raw in project.facts.items():
        if name not in declared or name == "treatment":
            known = tuple(sorted(declared.keys() - {"treatment"}))
            problems.append(input_problem(f"project.facts.{name}", ProblemCode.PROJECT_FACT_UNKNOWN, facts=known))
            continue
        value, wrong = check_value(raw, f"project.facts.{name}", [declared[name]])
        problems += wrong
        if value is not None:
            facts[name] = value.value
    return facts, problems
