"""How long a gap report takes: `python -m benchmarks.report [TARGET [AUDIT…]]`, by default the shipped examples, one level up.

The first report of a process also loads the typefaces and is not counted. Beside it, the same engine sets plain table pages
of the same number, which shows what the machine was doing meanwhile.
"""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from weasyprint import CSS, HTML

from grading.engine.grade import Engine
from grading.garbage_collection import gc_paused
from grading.intake import read_audit
from reports.gap_report import gap_report_pdf
from reports.targets import gaps_to

EXAMPLES = Path(__file__).parents[1] / "examples"
ALLOWED = 1.5
"""Seconds a report may take on an idle core."""
RUNS = 3
ROWS_A_PAGE = 10
STYLE = """@page { size: A4; margin: 20mm 15mm } body { font: 8.5pt/1.5 "Noto Sans CJK SC" }
table { border-collapse: collapse; width: 100%; table-layout: fixed } td { border-bottom: .5pt solid #ccc; padding: 2pt }"""


def best(work: Callable[[], bytes]) -> tuple[float, bytes]:
    """The shortest of a few runs, in seconds, and what it made."""
    times, made = [], b""
    for _ in range(RUNS):
        start = time.perf_counter()
        made = work()
        times.append(time.perf_counter() - start)
    return min(times), made


def plain_pages(count: int) -> bytes:
    """So many tagged pages of a dense table."""
    cells = "".join(
        f"<td>{text}</td>" for text in ("有组织排放非甲烷总烃", "不高于 10 mg/m³" * 3, "31.2 mg/m³", "措施" * 12)
    )
    table = f"<table>{f'<tr>{cells}</tr>' * (count * ROWS_A_PAGE)}</table>"
    html = f'<html lang="zh-CN"><head><title>表</title></head><body>{table}</body></html>'
    with gc_paused():
        return bytes(HTML(string=html).write_pdf(stylesheets=[CSS(string=STYLE)], pdf_variant="pdf/ua-1"))


def main() -> None:
    """Print one line a report: seconds, pages, size, and the ratio to plain pages of the same number."""
    target = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] != "-" else None
    files = [Path(name) for name in sys.argv[2:]] or sorted(EXAMPLES.glob("*/*.json"))
    engine, slow = Engine(), 0
    plain_pages(1)
    print(f"{'audit':46} {'seconds':>8} {'gaps':>6} {'pages':>6} {'KB':>6} {'x plain':>8}")
    for file in files:
        audit = read_audit(file.read_bytes(), engine.library)
        grading = engine.grade(audit)
        rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
        gaps_to(engine, audit, grading, target)
        start = time.perf_counter()
        gaps = gaps_to(engine, audit, grading, target)
        found = time.perf_counter() - start
        seconds, made = best(lambda: gap_report_pdf(audit, grading, rulesets, gaps))  # noqa: B023  called at once
        pages = len(PdfReader(BytesIO(made)).pages)
        plain, _ = best(lambda: plain_pages(pages))  # noqa: B023
        slow += seconds > ALLOWED
        name = f"{file.parent.name}/{file.stem} ({len(audit.units)})"
        print(
            f"{name:46} {seconds:8.2f} {found:6.2f} {pages:6} {len(made) // 1024:6} {seconds / plain:8.2f}", flush=True
        )
    print(f"{len(files) - slow} of {len(files)} within {ALLOWED} s")


if __name__ == "__main__":
    main()
