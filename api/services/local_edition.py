"""The edition that applies to a plant on a day, by its industry and county."""

from datetime import date

from api.problems import ErrorAt, Problem
from api.service import Service
from api.store import Unit
from grading.language.edition_text import why_text
from grading.language.local_editions import Local, choice_of, meant, most_local
from grading.model import audit as domain
from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of
from grading.ruleset_id import industry_of


def local_edition(service: Service, industry: str, county: str | None, day: date) -> Local:
    """The most local edition of an industry in force, or the reason why none is chosen."""
    library = service.grader.library
    names = meant(library, industry)
    if not names:
        return Local(None, refusal=reason_of(ProblemCode.INDUSTRY_MEANS_NOTHING, given=industry))
    return most_local(library, names, county, day)


def chosen_edition(service: Service, industry: str, county: str, day: date) -> tuple[str, str]:
    """The most local edition, and why; raises Problem (422) where there is not one alone."""
    local = local_edition(service, industry, county, day)
    if local.ruleset is None:
        message = local.refusal.message if local.refusal is not None else ""
        code = local.refusal.code.value if local.refusal is not None else None
        raise Problem("no_edition", f"{message}。", status=422, errors=[ErrorAt("industry", message, code)])
    return local.ruleset.id, why_text(choice_of(local, industry), local.ruleset.id)


def edition_for(service: Service, unit: Unit, county: str, day: date) -> str:
    """The ruleset that a new audit of a unit begins with: as registered, where place and day settle none."""
    if unit.industry is None:
        return unit.ruleset_id
    local = local_edition(service, unit.industry, county, day)
    return unit.ruleset_id if local.ruleset is None else local.ruleset.id


def more_local(service: Service, audit: domain.Audit, county: str) -> list[ErrorAt]:
    """The units of an audit for which a more local edition is in force than the one they name, or several are."""
    found = []
    for index, unit in enumerate(audit.units):
        local = local_edition(service, industry_of(unit.ruleset), county, audit.assessed_on)
        reason = unit.choice.reason if unit.choice is not None else None
        if local.ruleset is not None and local.ruleset.id != unit.ruleset and reason is None:
            message = f"企业所在地有更具体的现行版本 {local.ruleset.id}（{local.ruleset.title}），本单元用的是 {unit.ruleset}。"
            found.append(ErrorAt(f"units[{index}].ruleset", message, "more_local_edition"))
        elif local.refusal is not None and local.refusal.code is ProblemCode.EDITIONS_TIED:
            found.append(ErrorAt(f"units[{index}].ruleset", f"{local.refusal.message}。", "editions_tied"))
    return found
