"""Documents of a campaign, as HTML or as PDF: the monthly report, the weekly bulletin, the quarterly assessment."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from grading.campaign.changes import Span, county_results, month_of, quarter_of, week_of
from grading.campaign.evaluate import Evaluator
from reports.campaign.context import ZONE, CampaignReport, campaign_report, grade_label
from reports.campaign.outlook import OutlookWords, shared_lines
from reports.campaign.sections import MOST_IN_ANNEX, Sections, gradings_json, span_text
from reports.campaign.supplement import NOTHING, Supplement
from reports.pdf import Attached, pdf
from reports.render import rendered

MOST_SHARED = 15


class Document(StrEnum):
    """A document that is made of a campaign for a day."""

    MONTHLY = "report"
    WEEKLY = "weekly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True)
class _Kind:
    title: str
    template: str


KINDS = {
    Document.MONTHLY: _Kind("工作进展", "campaign_report.html.j2"),
    Document.WEEKLY: _Kind("周报", "campaign_weekly.html.j2"),
    Document.QUARTERLY: _Kind("季度考核", "campaign_quarterly.html.j2"),
}


def document_title(document: Document) -> str:
    """The title of a document."""
    return KINDS[document].title


def campaign_html(document: Document, evaluator: Evaluator, day: date, more: Supplement = NOTHING) -> str:
    """The document as one self-contained HTML page."""
    return rendered(KINDS[document].template, for_screen=True, **_context(document, evaluator, day, more))


def campaign_pdf(document: Document, evaluator: Evaluator, day: date, more: Supplement = NOTHING) -> bytes:
    """The document as tagged PDF/A-3 with its figures and gradings as JSON inside; raises TypefaceError without the typefaces."""
    context = _context(document, evaluator, day, more)
    found: CampaignReport = context["report"]
    return pdf(
        rendered(KINDS[document].template, for_screen=False, **context),
        title=f"{found.title}：{KINDS[document].title}",
        subject=f"截至 {found.day_text}",
        day=day,
        attached=Attached("campaign.json", "统计结果（JSON）", _attached(evaluator, found, more)),
        is_trial=False,
    )


def span_of(document: Document, evaluator: Evaluator, day: date) -> Span:
    """The days that a document is about."""
    if document is Document.WEEKLY:
        return week_of(day)
    if document is Document.QUARTERLY:
        return quarter_of(day, evaluator.campaign.period.start)
    return month_of(day)


def _context(document: Document, evaluator: Evaluator, day: date, more: Supplement) -> dict[str, Any]:
    report = campaign_report(evaluator, day)
    span = span_of(document, evaluator, day)
    sections = Sections(evaluator, report, more)
    words = OutlookWords(evaluator, lambda grade: grade_label(evaluator, grade))
    base = len(report.base)
    context: dict[str, Any] = {
        "report": report,
        "ZONE": ZONE,
        "kind": KINDS[document].title,
        "span": span_text(span),
        "more": more,
        "changes": sections.changes(span),
        "annex": sections.annex(),
        "annex_left_out": base if base > MOST_IN_ANNEX else 0,
        "visits": sections.visits(span),
        "steps": sections.steps(span),
        "wanted": sections.help_wanted(),
        "areas": () if more.outlook is None else words.areas(more.outlook),
        "shared": None if more.shared is None else shared_lines(more.shared)[:MOST_SHARED],
    }
    if document is Document.WEEKLY:
        context |= {"tasks": sections.tasks(span), "remaining": sections.remaining()}
    if document is Document.QUARTERLY:
        results = county_results(evaluator, report.evaluation, span)
        context |= {"results": [(words.county(result.county), result) for result in results]}
    return context


def _attached(evaluator: Evaluator, report: CampaignReport, more: Supplement) -> bytes:
    found = report.evaluation.as_json() | {"gradings": gradings_json(evaluator, report)}
    if more.outlook is not None:
        found["outlook"] = more.outlook.as_json()
    return json.dumps(found, ensure_ascii=False, indent=1, default=str).encode()
