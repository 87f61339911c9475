"""`grading campaign`: a campaign on a day, as tables, JSON, monthly report or ledger."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from grading.campaign.evaluate import Evaluator
from grading.campaign.problems import CampaignError
from grading.campaign.read import read_inputs
from grading.campaign.vocabulary import vocabulary_of
from grading.cli.terminal import Exit, ending_on_unusable_rulesets, err, library, out, print_block, print_json, stop
from grading.cli.written_file import write_file

MONTH_ENDS = 120
app = typer.Typer(help="绩效提升行动（创A、增B、减C、清D）：按已公布的评级统计", no_args_is_help=True)

CampaignFile = Annotated[Path, typer.Argument(metavar="行动文件", help="行动方案（YAML）", exists=True, dir_okay=False)]
PlantsFile = Annotated[
    Path, typer.Argument(metavar="企业文件", help="企业及其历次评级（JSON 行）", exists=True, dir_okay=False)
]
On = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="日期", help="统计截至的日期")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]


def register(parent: typer.Typer) -> None:
    """Add the command group."""
    parent.add_typer(app, name="campaign")


@app.command("evaluate", help="某一天的统计：各目标完成情况、等级变动、逾期；可写成月报（PDF、HTML）或台账（Excel）")
def evaluate(
    context: typer.Context,
    campaign: CampaignFile,
    plants: PlantsFile,
    on: On,
    as_json: Json = False,
    output: Annotated[
        list[Path] | None, typer.Option("-o", "--output", help="月报 .pdf、.html 或台账 .xlsx，可重复")
    ] = None,
) -> None:
    """Evaluate a campaign; exit 1 when its files can't be read."""
    for place in output or ():
        if place.suffix.lower() not in _MAKERS:
            stop(f"{place}：不知道写成什么；扩展名可以是 {'、'.join(_MAKERS)}")
    evaluator, day = _evaluator(context, campaign, plants), on.date()
    made = [(place, _made(place.suffix.lower(), evaluator, day)) for place in output or ()]
    for place, content in made:
        write_file(place, content)
        err.print(Text(str(place)))
    if as_json:
        print_json(evaluator.on(day).as_json())
    elif not output:
        _print(evaluator, day)


@app.command("series", help="逐月统计：从起始月到截止月，每个月末一份，以 JSON 输出")
def series(
    context: typer.Context,
    campaign: CampaignFile,
    plants: PlantsFile,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="日期", help="起始月中的一天")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="日期", help="截止月中的一天")],
) -> None:
    """Evaluate a campaign at the end of each month."""
    days = month_ends(first.date(), last.date())
    if not 0 < len(days) <= MONTH_ENDS:
        stop(f"应为 1 至 {MONTH_ENDS} 个月，现为 {len(days)} 个月")
    evaluator = _evaluator(context, campaign, plants)
    print_json([evaluator.on(day).as_json() for day in days])


def month_ends(first: date, last: date) -> list[date]:
    """The last days of all months from that of `first` to that of `last`."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(year, month + 1, monthrange(year, month + 1)[1]) for year, month in (divmod(m, 12) for m in months)]


def _evaluator(context: typer.Context, campaign: Path, plants: Path) -> Evaluator:
    with ending_on_unusable_rulesets():
        vocabulary = vocabulary_of(library(context))
    try:
        return Evaluator(*read_inputs(campaign, plants, vocabulary), vocabulary)
    except CampaignError as error:
        for problem in error.problems:
            err.print(Text(str(problem), style="red"))
        raise typer.Exit(Exit.FAILED) from None


def _made(suffix: str, evaluator: Evaluator, day: date) -> bytes:
    from reports.typeface import TypefaceError

    try:
        return _MAKERS[suffix](evaluator, day)
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)


def _pdf(evaluator: Evaluator, day: date) -> bytes:
    from reports.campaign.report import Document, campaign_pdf

    return campaign_pdf(Document.MONTHLY, evaluator, day)


def _html(evaluator: Evaluator, day: date) -> bytes:
    from reports.campaign.report import Document, campaign_html

    return campaign_html(Document.MONTHLY, evaluator, day).encode()


def _ledger(evaluator: Evaluator, day: date) -> bytes:
    from reports.campaign.context import campaign_report
    from reports.campaign.ledger import campaign_ledger

    return campaign_ledger(evaluator, campaign_report(evaluator, day))


_MAKERS = {".pdf": _pdf, ".html": _html, ".xlsx": _ledger}


def _print(evaluator: Evaluator, day: date) -> None:
    from reports.campaign.context import ZONE, campaign_report

    report = campaign_report(evaluator, day)
    found = report.evaluation
    out.print(Text(f"{report.title}　{report.region}　截至 {report.day_text}"))
    base = found.base
    out.print(
        f"企业 {base['core'] + base['other']:,} 家（{ZONE['core']} {base['core']:,}，{ZONE['other']} {base['other']:,}），"
        f"区位不明 {base['zone_unknown']:,} 家；等级待定 {len(found.undecided):,} 家"
    )
    out.print(Text("、".join(f"{label} {count:,}" for label, count in report.grades)))
    shares = Table("区域", "企业", "已达到", "占比", "目标", "尚差", header_style="bold")
    for s in found.shares:
        target = "未定" if s.at_least_percent is None else f"{s.at_least_percent}%"
        percent, missing = "—" if s.percent is None else f"{s.percent}%", "—" if s.missing is None else str(s.missing)
        shares.add_row(ZONE[s.zone], f"{s.base:,}", f"{s.reached:,}", percent, target, missing)
    print_block(shares)
    counties = Table("区县", "企业", "目标", "新增", "公示中", "尚差", header_style="bold")
    for c in report.counties:
        target, missing = ("—" if n is None else str(n) for n in (c.count.at_least, c.count.missing))
        counties.add_row(Text(c.name), str(c.base), target, str(len(c.count.new)), str(len(c.count.pending)), missing)
    print_block(counties)
    for listing in (*report.urgent, *report.moved):
        out.print(Text(f"{listing.title}：{len(listing.lines):,} 家"))
