"""The record of an on-site check as HTML and as tagged PDF/A."""

from collections.abc import Mapping

from grading.audit_json import dump_audit
from grading.language.load import Library
from grading.language.prose import day_text
from grading.model.audit import Audit
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from reports.context.words import short_name
from reports.pdf import Attached, pdf
from reports.record.context import Record, Surroundings, record
from reports.render import rendered

TEMPLATE = "record.html.j2"
NO_SURROUNDINGS = Surroundings()


def record_html(
    audit: Audit,
    rulesets: Mapping[str, Ruleset],
    grading: Grading | None,
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> str:
    """The record as one HTML file that needs nothing else."""
    return _page(record(audit, rulesets, grading, surroundings), for_screen=True)


def record_pdf(
    audit: Audit,
    library: Library,
    grading: Grading | None,
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> bytes:
    """The record as PDF/A-3a and PDF/UA-1 on A4 with the audit as JSON inside; raises TypefaceError."""
    rulesets = {unit.ruleset: library.ruleset(unit.ruleset) for unit in audit.units}
    made = record(audit, rulesets, grading, surroundings)
    return pdf(
        _page(made, for_screen=False),
        title=f"{made.name}：现场核查记录",
        subject=f"核查日期 {day_text(audit.assessed_on)}",
        day=audit.assessed_on,
        attached=Attached("audit.json", "核查数据（JSON）", dump_audit(audit, library).encode()),
        is_trial=False,
    )


def _page(made: Record, *, for_screen: bool) -> str:
    return rendered(TEMPLATE, for_screen=for_screen, record=made, short_name=short_name(made.name))
