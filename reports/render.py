"""Context → HTML: the templates, with everything that a text could smuggle in made harmless."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grading.model.base import Status
from grading.vocabulary import STATUS
from reports.context.report import Report
from reports.typeface import printable, readable

HERE = Path(__file__).parent
NUMERALS = "一二三四五六七八九十"
SECTIONS = (
    ("summary", "摘要"),
    ("matrix", "等级矩阵"),
    ("unmet", "不满足的要求"),
    ("missing", "待补证据"),
    ("open", "待核实数值"),
    ("plan", "达标路径"),
    ("cost", "投资与周期"),
    ("alerts", "预警期间的管控"),
    ("gates", "否决与限制条件"),
    ("trace", "评级依据追溯"),
)
"""The sections of a unit's part."""
APPENDICES = (("sources", "依据来源与可信度"), ("colophon", "编制说明"))
"""The appendices that all units share, at the end."""
_AMOUNT = re.compile(r"\d[\d.]* [A-Za-zµμ³²-]{1,8}/[A-Za-z³²]{1,4}(?![A-Za-z])")
"""A number with a unit that has a stroke, after which a line would break: `50 mg/m³`, `5000 t/d`."""
MARKS = {Status.MET: "√", Status.UNMET: "×", Status.UNKNOWN: "？", Status.WAIVED: "免"}


def page_html(report: Report) -> str:
    """The report as HTML for the printed page."""
    return rendered("gap_report.html.j2", for_screen=False, report=report)


def screen_html(report: Report) -> str:
    """The report as one HTML file that needs nothing else."""
    return rendered("gap_report.html.j2", for_screen=True, report=report)


def rendered(template: str, *, for_screen: bool, **context: Any) -> str:
    """A template as HTML: for the screen with its styles in it, for the page with characters of the typefaces alone."""
    css = Markup("\n".join(style(name) for name in ("report", "screen"))) if for_screen else ""
    environment = _environment(readable if for_screen else printable)
    return environment.get_template(template).render(**context, css=css, for_screen=for_screen)


@cache
def style(name: str) -> str:
    """One of the style sheets, with the tokens put in."""
    text = (HERE / "style" / f"{name}.css").read_text(encoding="utf-8")
    return re.sub(r"var\(--([a-z-]+)\)", lambda found: tokens()[found[1]], text)


@cache
def tokens() -> dict[str, str]:
    """The few colours and typefaces of all reports, which style sheets and charts share."""
    text = (HERE / "style" / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+):\s*([^;]+);", text))


@cache
def _environment(clean: Callable[[str], str]) -> Environment:
    """Templates in which every text passes through `clean` and is escaped."""

    def finalize(value: Any) -> Any:
        return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    def unbroken(text: str) -> Markup:
        return Markup(_AMOUNT.sub(r'<span class="ref">\g<0></span>', str(escape(clean(text)))))

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    environment.globals |= {
        "MARKS": MARKS,
        "STATUS": STATUS,
        "SECTIONS": SECTIONS,
        "NUMERALS": NUMERALS,
        "APPENDICES": APPENDICES,
        "ink": tokens(),
    }
    return environment
