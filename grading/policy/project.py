"""A proposed project as the approval bureau states it."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, ValidationError

from grading.campaign.model import County, Day
from grading.campaign.problems import place_text, places
from grading.intake import AuditError, InputProblem, check_value, parse_json
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Identifier, Strict, Text
from grading.policy.intake import check_for_policies
from grading.policy.library import PolicyLibrary
from grading.ruleset_id import industry_of

ProjectKind = Literal["new", "rebuild", "extension", "relocation", "pollution_control_upgrade"]


class Project(Strict):
    """Where a project is to be, what it is, and when it was accepted for approval; null is what is not known.

    `facts` answers what policies ask about projects beyond the keys that all have.
    """

    name: Text
    kind: ProjectKind | None = None
    industry: Identifier | None = None
    emits_to_air: StrictBool | None = None
    county: County
    in_urban_area: StrictBool | None = None
    distance_km: Annotated[Decimal, Field(ge=0)] | None = None
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
    problems: list[InputProblem] = []
    project: Project | None = None
    audit: Audit | None = None
    try:
        document = _Document.model_validate(raw)
        project = document.project
    except ValidationError as error:
        problems += [InputProblem(place_text(path), message) for path, message in places(error)]
    design = raw.get("audit") if isinstance(raw, dict) else None
    if design is not None:
        try:
            audit = check_for_policies(design, library, policies)
        except AuditError as error:
            problems += [InputProblem(f"audit.{p.place}" if p.place else "audit", p.message) for p in error.problems]
    known = policies.vocabulary.industries.ids
    if project is not None and project.industry is not None and audit is not None and project.industry in known:
        families = policies.vocabulary.industries
        own = families.by_id(project.industry)
        for i, unit in enumerate(audit.units):
            if families.by_id(industry_of(unit.ruleset)) is not own:
                message = f"规则集 {unit.ruleset} 不属于项目的行业 {project.industry}"
                problems.append(InputProblem(f"audit.units[{i}].ruleset", message))
    if project is not None:
        project, wrong = _answered(project, policies)
        problems += wrong
    if problems or project is None:
        raise AuditError(problems)
    return project, audit


def _answered(project: Project, policies: PolicyLibrary) -> tuple[Project, list[InputProblem]]:
    """The project with its treatment and facts read as the policies about projects declare them."""
    declared = {fact.id: fact for policy in policies.policies() if policy.subject == "project" for fact in policy.facts}
    problems: list[InputProblem] = []
    if project.treatment is not None and "treatment" in declared:
        _, wrong = check_value(list(project.treatment), "project.treatment", [declared["treatment"]])
        problems += wrong
    facts: dict[str, Any] = {}
    for name, raw in project.facts.items():
        if name not in declared or name == "treatment":
            known = "、".join(sorted(declared.keys() - {"treatment"}))
            problems.append(InputProblem(f"project.facts.{name}", f"没有这样的事实；可以是 {known}"))
            continue
        value, wrong = check_value(raw, f"project.facts.{name}", [declared[name]])
        problems += wrong
        if value is not None:
            facts[name] = value.value
    return project.model_copy(update={"facts": facts}), problems
