"""A proposed project as the approval bureau states it."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, ValidationError

from grading.campaign.model import County, Day
from grading.campaign.problems import place_text, places
from grading.intake import AuditError, InputProblem, parse_json
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Identifier, Strict, Text
from grading.policy.intake import check_for_policies
from grading.policy.library import PolicyLibrary

ProjectKind = Literal["new", "rebuild", "extension", "relocation", "pollution_control_upgrade"]


class Project(Strict):
    """Where a project is to be, what it is, and when it was accepted for approval; null is what is not known."""

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
            if families.by_id(unit.ruleset.partition("/")[2]) is not own:
                message = f"规则集 {unit.ruleset} 不属于项目的行业 {project.industry}"
                problems.append(InputProblem(f"audit.units[{i}].ruleset", message))
    if problems or project is None:
        raise AuditError(problems)
    return project, audit
