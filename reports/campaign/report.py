"""The monthly report of a campaign, as HTML or as PDF."""

from datetime import date

from grading.campaign.evaluate import Evaluator
from reports.campaign.context import ZONE, CampaignReport, campaign_report
from reports.pdf import Attached, pdf
from reports.render import rendered

TEMPLATE = "campaign_report.html.j2"


def campaign_report_html(evaluator: Evaluator, day: date) -> str:
    """The report as one self-contained HTML page."""
    return rendered(TEMPLATE, for_screen=True, report=campaign_report(evaluator, day), ZONE=ZONE)


def campaign_report_pdf(evaluator: Evaluator, day: date) -> bytes:
    """The report as tagged PDF/A-3 with the evaluation's JSON inside; raises TypefaceError without the typefaces."""
    found: CampaignReport = campaign_report(evaluator, day)
    return pdf(
        rendered(TEMPLATE, for_screen=False, report=found, ZONE=ZONE),
        title=f"{found.title}：工作进展",
        subject=f"截至 {found.day_text}",
        day=day,
        attached=Attached("campaign.json", "统计结果（JSON）", found.attached),
        is_trial=False,
    )
