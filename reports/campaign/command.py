"""`grading campaign`: a campaign on a day, as tables, JSON, monthly report or ledger."""

from __future__ import annotations

import dataclasses
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from grading.campaign.audit_ways import read_audits, ways_of_audits
from grading.campaign.evaluate import Evaluator
from grading.campaign.problems import CampaignError
from grading.campaign.read import read_inputs
from grading.campaign.shared_gaps import shared_gaps
from grading.campaign.soonest import Outlook
from grading.campaign.soonest import outlook as find_outlook
from grading.campaign.vocabulary import vocabulary_of
from grading.cli.terminal import Exit, ending_on_unusable_rulesets, err, library, out, print_block, print_json, stop
from grading.cli.written_file import write_file
from grading.engine.grade import Engine
from reports.campaign.supplement import NOTHING, Supplement

MONTH_ENDS = 120
app = typer.Typer(help="绩效提升行动（创A、增B、减C、清D）：按已公布的评级统计", no_args_is_help=True)

CampaignFile = Annotated[Path, typer.Argument(metavar="行动文件", help="行动方案（YAML）", exists=True, dir_okay=False)]
PlantsFile = Annotated[
    Path, typer.Argument(metavar="企业文件", help="企业及其历次评级（JSON 行）", exists=True, dir_okay=False)
]
On = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="日期", help="统计截至的日期")]
Audits = Annotated[
    list[Path] | None,
    typer.Option(
        "--audits", metavar="审核", help="已公布评级所依据的审核（.json、.jsonl 或文件夹，可重复）", exists=True
    ),
]
Outputs = Annotated[list[Path], typer.Option("-o", "--output", metavar="文件", help="写成 .pdf 或 .html，可重复")]
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
    audits: Audits = None,
) -> None:
    """Evaluate a campaign; exit 1 when its files can't be read."""
    _check_suffixes(output or (), (".pdf", ".html", ".xlsx"))
    evaluator, day = _evaluator(context, campaign, plants), on.date()
    more = _supplement(context, evaluator, day, audits) if output and audits else NOTHING
    _write("report", evaluator, day, more, output or ())
    if as_json:
        print_json(evaluator.on(day).as_json())
    elif not output:
        _print(evaluator, day)


@app.command("weekly", help="周报：当日所在的周（周一至当日）各项任务的总数、完成与剩余，等级变动，剩余企业")
def weekly(
    context: typer.Context, campaign: CampaignFile, plants: PlantsFile, on: On, output: Outputs, audits: Audits = None
) -> None:
    """Write the weekly bulletin."""
    _document(context, campaign, plants, on, "weekly", output, audits)


@app.command("quarterly", help="季度考核：当日所在的季度（至当日）各区县的升降、占比、目标完成率与名次")
def quarterly(
    context: typer.Context, campaign: CampaignFile, plants: PlantsFile, on: On, output: Outputs, audits: Audits = None
) -> None:
    """Write the quarterly assessment."""
    _document(context, campaign, plants, on, "quarterly", output, audits)


@app.command(
    "outlook", help="怎样最快达标：各区域、区县补齐缺数最省的企业、期限内能完成的企业，并以重新评级为证；到期预计"
)
def outlook(
    context: typer.Context,
    campaign: CampaignFile,
    plants: PlantsFile,
    on: On,
    audits: Annotated[
        list[Path],
        typer.Option(
            "--audits", metavar="审核", help="已公布评级所依据的审核（.json、.jsonl 或文件夹，可重复）", exists=True
        ),
    ],
    as_json: Json = False,
) -> None:
    """Show what would reach the targets soonest; exit 1 when the files can't be read."""
    evaluator, day = _evaluator(context, campaign, plants), on.date()
    found = _supplement(context, evaluator, day, audits)
    if found.outlook is None:
        raise RuntimeError("audits were read and there is no outlook")
    if as_json:
        shared = [dataclasses.asdict(gap) for gap in found.shared or ()]
        print_json(found.outlook.as_json() | {"shared_gaps": shared})
        return
    _print_outlook(evaluator, found.outlook)


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
        document, read = read_inputs(campaign, plants, vocabulary)
    except CampaignError as error:
        for problem in error.problems:
            err.print(Text(str(problem), style="red"))
        raise typer.Exit(Exit.FAILED) from None
    named = {unit.industry for plant in read for unit in plant.units}
    if outside := sorted(named - vocabulary.industries.ids):
        err.print(Text(f"{plants.name}：这些行业不在重点行业名录中，不统计：{'、'.join(outside)}", style="yellow"))
    return Evaluator(document, read, vocabulary)


def _document(
    context: typer.Context,
    campaign: Path,
    plants: Path,
    on: datetime,
    document: str,
    output: list[Path],
    audits: list[Path] | None,
) -> None:
    _check_suffixes(output, (".pdf", ".html"))
    evaluator, day = _evaluator(context, campaign, plants), on.date()
    _write(document, evaluator, day, _supplement(context, evaluator, day, audits) if audits else NOTHING, output)


def _check_suffixes(output: Iterable[Path], known: tuple[str, ...]) -> None:
    for place in output:
        if place.suffix.lower() not in known:
            stop(f"{place}：不知道写成什么；扩展名可以是 {'、'.join(known)}")


def _supplement(context: typer.Context, evaluator: Evaluator, day: date, audits: Iterable[Path]) -> Supplement:
    """The outlook and the shared gaps that follow from audits."""
    with ending_on_unusable_rulesets():
        engine = Engine(library(context))
        try:
            ways = ways_of_audits(engine, evaluator, day, read_audits(engine, audits))
        except CampaignError as error:
            for problem in error.problems:
                err.print(Text(str(problem), style="red"))
            raise typer.Exit(Exit.FAILED) from None
    found = find_outlook(evaluator, evaluator.on(day), ways)
    return Supplement(outlook=found, shared=shared_gaps(found.candidates))


def _write(document: str, evaluator: Evaluator, day: date, more: Supplement, output: Iterable[Path]) -> None:
    made = [(place, _made(document, place.suffix.lower(), evaluator, day, more)) for place in output]
    for place, content in made:
        write_file(place, content)
        err.print(Text(str(place)))


def _made(document: str, suffix: str, evaluator: Evaluator, day: date, more: Supplement) -> bytes:
    from reports.campaign.context import campaign_report
    from reports.campaign.ledger import campaign_ledger
    from reports.campaign.report import Document, campaign_html, campaign_pdf
    from reports.typeface import TypefaceError

    try:
        if suffix == ".xlsx":
            return campaign_ledger(evaluator, campaign_report(evaluator, day), more)
        if suffix == ".html":
            return campaign_html(Document(document), evaluator, day, more).encode()
        return campaign_pdf(Document(document), evaluator, day, more)
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)


def _print_outlook(evaluator: Evaluator, found: Outlook) -> None:
    from reports.campaign.context import grade_label
    from reports.campaign.outlook import OutlookWords

    words = OutlookWords(evaluator, lambda grade: grade_label(evaluator, grade))
    table = Table("区域、区县", "尚差", "最省的一组", "期限内的一组", "到期预计", header_style="bold")
    areas = words.areas(found)
    for a in areas:
        in_time = "已过期限" if a.in_time is None else a.in_time.brief
        forecast = "已过期限" if a.area.forecast is None else f"{a.area.forecast.expected}/{a.area.forecast.needed}"
        table.add_row(Text(a.name), str(a.area.missing), a.cheapest.brief, in_time, forecast)
    print_block(table)
    for a in areas:
        for pick in a.cheapest.picks:
            marks = "".join(f"［{mark}］" for mark in pick.marks)
            out.print(
                Text(
                    f"{a.name}：{pick.name}（{pick.permit}）{marks} {pick.way}，{pick.cost}，{pick.weeks}，{pick.work}"
                )
            )


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
        out.print(Text(f"{listing.title}：{listing.plants:,} 家"))
