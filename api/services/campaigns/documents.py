"""Documents of a campaign on a day: the report as PDF or HTML, the ledger as a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from api.context import Context
from api.problems import Problem
from api.services.campaigns.evaluation import report_on
from api.store import Campaign
from grading.campaign.evaluate import Evaluator
from reports.campaign.context import CampaignReport
from reports.campaign.ledger import campaign_ledger
from reports.campaign.report import campaign_report_html, campaign_report_pdf
from reports.typeface import TypefaceError


@dataclass(frozen=True)
class Kind:
    """A kind of document: what it is called, and how it is made."""

    title: str
    suffix: str
    media_type: str
    make: Callable[[Evaluator, CampaignReport, date], bytes]


PDF = Kind("工作进展", "pdf", "application/pdf", lambda evaluator, _, day: campaign_report_pdf(evaluator, day))
HTML = Kind("工作进展", "html", "text/html", lambda evaluator, _, day: campaign_report_html(evaluator, day).encode())
LEDGER = Kind(
    "台账",
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    lambda evaluator, report, _: campaign_ledger(evaluator, report),
)


def made(context: Context, campaign: Campaign, day: date, kind: Kind) -> tuple[str, bytes]:
    """The name and the content of a document; raises Problem (422 for a day to come, 503 without the typefaces)."""
    data, report = report_on(context, campaign, day)
    try:
        content = kind.make(data.evaluator, report, day)
    except TypefaceError as error:
        raise Problem("typeface_missing", str(error), status=503) from error
    return f"{campaign.code}-{kind.title}-{day.isoformat()}.{kind.suffix}", content
