"""Documents of a campaign on a day: reports as PDF or HTML, the ledger as a workbook."""

from dataclasses import dataclass
from datetime import date

from api.context import Context
from api.media_types import PDF as PDF_TYPE
from api.media_types import XLSX as XLSX_TYPE
from api.problems import Problem
from api.services.campaigns.evaluation import report_on
from api.services.campaigns.supplement import supplement
from api.store import Campaign
from reports.campaign.ledger import campaign_ledger
from reports.campaign.report import Document, campaign_html, campaign_pdf, document_title, span_of
from reports.typeface import TypefaceError


@dataclass(frozen=True)
class Kind:
    """A kind of document; None: the ledger."""

    document: Document | None
    suffix: str
    media_type: str

    @property
    def title(self) -> str:
        """The title of the gap."""
        return "台账" if self.document is None else document_title(self.document)


PDF = Kind(Document.MONTHLY, "pdf", PDF_TYPE)
HTML = Kind(Document.MONTHLY, "html", "text/html")
WEEKLY_PDF = Kind(Document.WEEKLY, "pdf", PDF_TYPE)
WEEKLY_HTML = Kind(Document.WEEKLY, "html", "text/html")
QUARTERLY_PDF = Kind(Document.QUARTERLY, "pdf", PDF_TYPE)
QUARTERLY_HTML = Kind(Document.QUARTERLY, "html", "text/html")
LEDGER = Kind(None, "xlsx", XLSX_TYPE)


def made(context: Context, campaign: Campaign, day: date, kind: Kind) -> tuple[str, bytes]:
    """The name and the content of a document; raises Problem (422 for a day to come, 503 without the typefaces)."""
    data, report = report_on(context, campaign, day)
    span = span_of(kind.document or Document.MONTHLY, data.evaluator, day)
    more = supplement(context, campaign, data, day, span)
    try:
        if kind.document is None:
            content = campaign_ledger(data.evaluator, report, more)
        elif kind.suffix == "pdf":
            content = campaign_pdf(kind.document, data.evaluator, day, more)
        else:
            content = campaign_html(kind.document, data.evaluator, day, more).encode()
    except TypefaceError as error:
        raise Problem("typeface_missing", str(error), status=503) from error
    return f"{campaign.code}-{kind.title}-{day.isoformat()}.{kind.suffix}", content
