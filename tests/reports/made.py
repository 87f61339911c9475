"""Reports made for the tests, each once: of the shipped examples and of an audit that means harm."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from grading.forecast.words import validity_of
from grading.intake import read_audit
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import UnitGaps
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from reports.gap_report import gap_report_html, gap_report_pdf
from reports.targets import gaps_to
from tests.shipped import ENGINE

EXAMPLES = Path(__file__).parents[2] / "examples"
HOSTILE = (
    '<script>alert(1)</script><img src="http://evil.example/x.png"><link rel="stylesheet" href="file:///etc/passwd">'
    " {{ 7 * 7 }} {% raw %} ]]> &amp; https://evil.example/?a=1&b=2 file:///etc/passwd \U0001f600\U0001f468‍\U0001f469"
    " مرحبا 中文𠮷 e\u0301"
)


@dataclass(frozen=True, eq=False)
class Made:
    """An audit with everything a report is made of, and the report."""

    audit: Audit
    grading: Grading
    rulesets: dict[str, Ruleset]
    gaps: tuple[UnitGaps, ...]
    validity: str | None

    @cached_property
    def pdf(self) -> bytes:
        """The report as PDF."""
        return gap_report_pdf(self.audit, self.grading, self.rulesets, self.gaps, validity=self.validity)

    @cached_property
    def html(self) -> str:
        """The report as a web page."""
        return gap_report_html(self.audit, self.grading, self.rulesets, self.gaps, validity=self.validity)

    @cached_property
    def reader(self) -> PdfReader:
        """The PDF, opened."""
        return PdfReader(BytesIO(self.pdf))

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The text of each page without white space, as lines are broken anywhere."""
        return tuple(unspaced(page.extract_text()) for page in self.reader.pages)

    @cached_property
    def text(self) -> str:
        """The text of all pages without white space."""
        return "".join(self.pages)


def unspaced(text: str) -> str:
    """A text without white space."""
    return re.sub(r"\s+", "", text)


@cache
def made(example: str, mode: str = "official", target: str | None = None) -> Made:
    """The report of an example: `coking/top_charging`."""
    return of(read_audit((EXAMPLES / f"{example}.json").read_bytes(), ENGINE.library), mode, target)


@cache
def hostile() -> Made:
    """The report of an audit whose every free text means harm, with words that never end."""
    raw = json.loads((EXAMPLES / "coking/semi_coke_incomplete.json").read_text(encoding="utf-8"))
    raw["enterprise"] |= {"name": f"恶意企业{HOSTILE}", "permit": "']}; body {display: none}" + "W" * 376}
    unit = raw["units"][0]
    unit["id"] = f"线{HOSTILE[:80]}"
    for name in list(unit["facts"])[:6]:
        value = unit["facts"][name]
        value = value["value"] if isinstance(value, dict) else value
        unit["facts"][name] = {"value": value, "evidence": [HOSTILE, "x" * 600], "note": "长备注" * 900 + HOSTILE}
    for number, row in enumerate(unit["groups"]["outlets"]):
        row["outlet_id"] = f"DA{number}<u>" + "W" * 90
    return of(read_audit(json.dumps(raw), ENGINE.library), "official", "A")


def of(audit: Audit, mode: str = "official", target: str | None = None) -> Made:
    """The report of an audit."""
    grading = ENGINE.grade(audit, Mode(mode))
    rulesets = {unit.ruleset: ENGINE.library.ruleset(unit.ruleset) for unit in audit.units}
    gaps = gaps_to(ENGINE, audit, grading, target)
    return Made(audit, grading, rulesets, gaps, validity_of(ENGINE, audit, grading))


REPORTS: dict[str, Callable[[], Made]] = {
    "通往 A 级，缺证据": lambda: made("coking/semi_coke_incomplete", "official", "A"),
    "两个单元": lambda: made("concrete/jingyang-concrete-and-mortar"),
    "试算": lambda: made("rubber/weicheng_tyre", "trial"),
    "已是最好等级": lambda: made("industrial_coating/qindu-waterborne-frames"),
    "恶意文字": hostile,
}
"""The kinds of reports that what holds for all of them is tested on."""
