"""The receipt for an appeal as HTML and as PDF."""

import json
from dataclasses import dataclass
from datetime import date

from grading.language.prose import day_text
from reports.pdf import Attached, pdf
from reports.render import rendered

TEMPLATE = "appeal_receipt.html.j2"


@dataclass(frozen=True)
class ReceivedFile:
    """A file that came with the appeal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """Everything the template needs."""

    number: str
    enterprise: str
    uscc: str
    assessed_on: date
    published_on: date | None
    grade: str
    received: date
    received_at: str
    by: str
    reasons: str
    points: tuple[tuple[str, str, str], ...]
    """Unit, indicator and reason."""
    files: tuple[ReceivedFile, ...]
    late_reason: str
    answer_due: date | None
    source: str
    steps: tuple[tuple[str, str], ...]
    """The standing of an appeal: step and state."""


def receipt_html(receipt: Receipt) -> str:
    """The receipt as one HTML file that needs nothing else."""
    return _page(receipt, for_screen=True)


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF/A with its content as JSON inside; raises TypefaceError."""
    content = {
        "appeal": receipt.number,
        "uscc": receipt.uscc,
        "received_at": receipt.received_at,
        "reasons": receipt.reasons,
        "points": [{"unit": unit, "indicator": title, "reason": reason} for unit, title, reason in receipt.points],
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in receipt.files],
    }
    return pdf(
        _page(receipt, for_screen=False),
        title=f"{receipt.enterprise}：申诉回执",
        subject=f"收到日期 {day_text(receipt.received)}",
        day=receipt.received,
        attached=Attached(
            "appeal.json", "申诉内容（JSON）", json.dumps(content, ensure_ascii=False, indent=2).encode()
        ),
        is_trial=False,
    )


def _page(receipt: Receipt, *, for_screen: bool) -> str:
    return rendered(TEMPLATE, for_screen=for_screen, receipt=receipt, day_text=day_text)
