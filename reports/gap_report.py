"""The gap report: what stands between an enterprise's units and their target levels, as HTML or as PDF."""

from collections.abc import Mapping, Sequence

from grading.garbage_collection import gc_paused
from grading.model.audit import Audit
from grading.model.gap import EnterprisePlan, UnitGaps
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from reports.context.report import report
from reports.pdf import Attached, pdf
from reports.render import page_html, screen_html


def gap_report_html(
    audit: Audit,
    grading: Grading,
    rulesets: Mapping[str, Ruleset],
    gaps: Sequence[UnitGaps],
    note: str | None = None,
    joint: EnterprisePlan | None = None,
    address: str | None = None,
    validity: str | None = None,
) -> str:
    """The report as one self-contained HTML page.

    `rulesets` by id, as graded with; `gaps` one a unit, in the order of the audit; `note` is what was said when the grading
    was published, `joint` the plan for several units, `address` where anyone can look whether
    the grade is in force, `validity` until when it holds, in words. Raises ValueError when they do not belong together,
    KeyError for a ruleset that is not given.
    """
    return screen_html(report(audit, grading, rulesets, gaps, note, joint, address, validity))


def gap_report_pdf(
    audit: Audit,
    grading: Grading,
    rulesets: Mapping[str, Ruleset],
    gaps: Sequence[UnitGaps],
    note: str | None = None,
    source: str | None = None,
    joint: EnterprisePlan | None = None,
    address: str | None = None,
    validity: str | None = None,
) -> bytes:
    """The report as tagged PDF/A-3 with the grading's JSON inside; the same audit gives the same bytes.

    `source` says in the metadata where the grading is recorded.

    Raises as `gap_report_html`, and TypefaceError when a typeface is not installed.
    """
    with gc_paused():
        context = report(audit, grading, rulesets, gaps, note, joint, address, validity)
        return pdf(
            page_html(context),
            title=f"{context.title}：{context.short_name}",
            subject="　".join(part for part in (f"评定日期 {context.assessed_on}", context.warning) if part),
            day=context.day,
            attached=Attached(context.attachment, "评级结果与推理记录（JSON）", context.attached),
            is_trial=context.is_trial,
            source=source,
        )
