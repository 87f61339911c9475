"""The ledger (台账) of a campaign as a workbook: a line for each planned measure, and the lists of the evaluation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from grading.campaign.evaluate import Evaluator
from grading.campaign.history import History
from grading.campaign.model import RosterEntry
from grading.digest import plain
from grading.workbook.style import add_styles
from reports.campaign.context import STATE, ZONE, CampaignReport, Listing, PlantLine, grade_label
from reports.campaign.help_workbook import SHARED, shared_rows
from reports.campaign.outlook import AreaLine, OutlookWords, shared_lines
from reports.campaign.supplement import NOTHING, Supplement
from reports.workbook_sheets import Cells, fill

LEDGER = (
    ("区县", 14),
    ("企业", 32),
    ("排污许可证编号", 26),
    ("行业", 18),
    ("现等级", 12),
    ("现等级起于", 20),
    ("目标", 10),
    ("包抓责任人", 14),
    ("达标期限", 13),
    ("差距编号", 14),
    ("措施", 40),
    ("投资（万元）", 12),
    ("开始", 13),
    ("完成期限", 13),
    ("完成比例", 10),
    ("责任人", 14),
    ("困难", 28),
    ("企业进度", 14),
    ("差距进度（最后登记）", 20),
)
VISITS = (
    ("日期", 13),
    ("区县", 14),
    ("企业", 32),
    ("排污许可证编号", 26),
    ("人员", 14),
    ("发现", 50),
    ("建议", 50),
    ("下次", 13),
)
STEPS = (
    ("日期", 13),
    ("区县", 14),
    ("企业", 32),
    ("排污许可证编号", 26),
    ("差距编号", 14),
    ("改为", 20),
    ("说明", 50),
)
LISTING = (
    ("排污许可证编号", 26),
    ("企业", 34),
    ("区县", 16),
    ("行动开始时", 14),
    ("现等级", 14),
    ("现等级起于", 20),
    ("原因", 26),
    ("评级编号", 38),
)
COUNTY = (
    ("区县", 18),
    ("企业", 9),
    ("A、引领性", 11),
    ("B", 9),
    ("C", 9),
    ("D", 9),
    ("其他", 9),
    ("目标", 9),
    ("新增", 9),
    ("公示中", 9),
    ("新投产", 9),
    ("得而复失", 10),
    ("尚差", 9),
)
COUNTED = ("新增", "公示中", "新投产", "得而复失")
PLANT = (
    ("排污许可证编号", 26),
    ("企业", 34),
    ("区县", 16),
    ("区域", 14),
    ("行业", 16),
    ("状态", 12),
    ("计入基数", 10),
    ("已达到", 10),
    ("行动开始时", 14),
    ("现等级", 14),
    ("现等级起于", 20),
    ("计入", 60),
    ("评级编号", 38),
)
AREAS = (
    ("区域、区县", 16),
    ("尚差", 9),
    ("未达到", 9),
    ("差距不明", 9),
    ("方案", 16),
    ("排污许可证编号", 26),
    ("企业", 32),
    ("现等级", 12),
    ("途径", 20),
    ("投资", 26),
    ("时间", 22),
    ("改动", 20),
    ("最早可公布", 16),
    ("标记", 14),
    ("到期预计", 60),
)


def campaign_ledger(evaluator: Evaluator, report: CampaignReport, more: Supplement = NOTHING) -> bytes:
    """The workbook; sheets print on A3 landscape."""
    book = Workbook()
    add_styles(book)
    first = book.active
    if first is None:
        raise RuntimeError("a new workbook has a sheet")
    first.title = "台账"
    _fill(first, report, LEDGER, _ledger(evaluator, report, more))
    _fill(book.create_sheet("区县"), report, COUNTY, _counties(report))
    _fill(book.create_sheet("企业"), report, PLANT, _plants(evaluator, report))
    for name, listings in (("逾期与退步", report.urgent), ("等级变动", report.moved), ("待定", (report.undecided,))):
        _fill(book.create_sheet(name), report, (("类别", 34), *LISTING), _listed(listings))
    if more.outlook is not None:
        words = OutlookWords(evaluator, lambda grade: grade_label(evaluator, grade))
        _fill(book.create_sheet("怎样最快达标"), report, AREAS, _areas(words.areas(more.outlook)))
    if more.shared is not None:
        _fill(book.create_sheet("共有差距"), report, SHARED, shared_rows(shared_lines(more.shared)))
    if more.visits is not None:
        _fill(book.create_sheet("帮扶"), report, VISITS, _visits(report, more))
        _fill(book.create_sheet("进度登记"), report, STEPS, _steps(report, more))
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _ledger(evaluator: Evaluator, report: CampaignReport, more: Supplement) -> Iterable[Cells]:
    lines = {entry.permit: _plant(evaluator, report, entry) for entry in evaluator.campaign.roster}
    # Steps come in the order in which they were taken.
    of_gaps = {(step.permit, step.gap): step.state for step in more.steps}
    for entry in evaluator.campaign.roster:
        head = lines[entry.permit]
        for m in entry.measures:
            cost = None if m.cost_wan is None else float(m.cost_wan)
            days = (m.start.isoformat() if m.start else None, m.finish.isoformat())
            done = f"{plain(m.done_percent)}%"
            states = (more.states.get(entry.permit), of_gaps.get((entry.permit, m.gap)) if m.gap else None)
            yield (*head, m.gap, m.text, cost, *days, done, m.responsible, m.obstacle, *states)
        if not entry.measures:
            yield (*head, None, "（未制定计划）", *([None] * 6), more.states.get(entry.permit), None)


def _visits(report: CampaignReport, more: Supplement) -> Iterable[Cells]:
    lines = {line.permit: line for line in report.plants}
    for v in more.visits or ():
        line, again = lines[v.permit], None if v.next_day is None else v.next_day.isoformat()
        yield (v.day.isoformat(), line.county, line.name, v.permit, v.by, v.findings, v.advice, again)


def _steps(report: CampaignReport, more: Supplement) -> Iterable[Cells]:
    lines = {line.permit: line for line in report.plants}
    for s in more.steps:
        line = lines[s.permit]
        yield (s.day.isoformat(), line.county, line.name, s.permit, s.gap, s.state, s.note or None)


def _plant(evaluator: Evaluator, report: CampaignReport, entry: RosterEntry) -> Cells:
    plant = evaluator.plant(entry.permit)
    line = report.roster[entry.permit]
    industries = _industries(evaluator, plant) if plant else ""
    target, due = report.labels[entry.target], entry.due.isoformat() if entry.due is not None else None
    return (line.county, line.name, line.permit, industries, line.now, line.since, target, entry.responsible, due)


def _industries(evaluator: Evaluator, plant: History) -> str:
    known = (evaluator.industries.by_id(unit.industry) for unit in plant.units)
    return "、".join(dict.fromkeys(industry.label for industry in known if industry is not None))


def _plants(evaluator: Evaluator, report: CampaignReport) -> Iterable[Cells]:
    """Every plant that the campaign looks at, with all that it is counted for."""
    found = report.evaluation
    counted: dict[str, list[str]] = defaultdict(list)
    for row in found.new:
        for head, permits in zip(COUNTED, (row.new, row.pending, row.opened_since, row.lost), strict=True):
            for permit in permits:
                counted[permit].append(head)
    for listing in (*report.moved, report.undecided, *report.urgent):
        for line in listing.lines:
            counted[line.permit].append(line.note or listing.title)
    for line in report.plants:
        plant = evaluator.plants[line.permit]
        where = ZONE[zone] if (zone := evaluator.zones[line.permit]) else "区位不明"
        state = "" if plant.is_open(found.on) else "尚未投产"
        yield (
            line.permit,
            line.name,
            line.county,
            where,
            _industries(evaluator, plant),
            state or STATE.get(plant.state(found.on), "在产"),
            "是" if line.permit in report.base else "否",
            "是" if line.permit in report.reached_by else "否",
            line.before,
            line.now,
            line.since,
            "；".join(dict.fromkeys(counted[line.permit])),
            line.grading or None,
        )


def _areas(areas: Iterable[AreaLine]) -> Iterable[Cells]:
    """A line for each plant of a choice; an area without one has a line of its own."""
    for a in areas:
        head = (a.name, a.area.missing, a.area.below, a.area.unknown)
        choices = [("最省的一组", a.cheapest), *((("期限内的一组", a.in_time),) if a.in_time is not None else ())]
        for title, choice in choices:
            for p in choice.picks:
                pick = (p.permit, p.name, p.now, p.way, p.cost, p.weeks, p.work, p.ready, "、".join(p.marks))
                yield (*head, title, *pick, a.forecast)
            if not choice.picks:
                yield (*head, title, None, choice.text, *([None] * 7), a.forecast)


def _counties(report: CampaignReport) -> Iterable[Cells]:
    for c in report.counties:
        sizes = (len(listed) for listed in (c.count.new, c.count.pending, c.count.opened_since, c.count.lost))
        yield (c.name, c.base, c.a, c.b, c.c, c.d, c.others, c.count.at_least, *sizes, c.count.missing)


def _listed(listings: Iterable[Listing]) -> Iterable[Cells]:
    for listing in listings:
        for line in listing.lines:
            yield (listing.title, *_cells(line))


def _cells(line: PlantLine) -> Cells:
    return (line.permit, line.name, line.county, line.before, line.now, line.since, line.note, line.grading or None)


def _fill(
    sheet: Worksheet, report: CampaignReport, columns: Sequence[tuple[str, float]], rows: Iterable[Cells]
) -> None:
    fill(sheet, f"{report.title}　{report.region}　截至 {report.day_text}", columns, rows)
