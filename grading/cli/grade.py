"""`grading grade`: audits in, grades out."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.cli.folding import Folded
from grading.cli.inputs import grade_one, read_one, report_problems, with_progress
from grading.cli.labels import NOTICE_WORDS, TRIAL_NOTICE, UNDECIDED_NOTE
from grading.cli.terminal import Exit, library, out, print_block
from grading.engine.grade import Engine
from grading.gaps.causes import decision_of, graded_document, unit_decisions
from grading.gaps.ground_figures import unit_figures
from grading.intake import AuditError
from grading.language.decision_text import decision_text, level_label, outcome_text
from grading.language.edition_text import why_text
from grading.language.figures_text import NAMED_IN_TERMINAL, figures_text
from grading.language.short_boards import short_boards
from grading.language.waiver_text import mark_of, waivers_text
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from grading.unusual import unusual_values

WIDE = 110
"""From so many columns on the rulesets have a column of their own."""

Files = Annotated[list[str], typer.Argument(metavar="审核文件…", help="审核数据（JSON）；- 为标准输入")]
Trial = Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")]
Json = Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("grade", help="对审核文件评级")(grade)


def grade(context: typer.Context, files: Files, trial: Trial = False, as_json: Json = False) -> None:
    """Grade every file; exit 1 if one of them can't be graded."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    failed = False
    results = _Results(engine, many=len(files) > 1)
    for name in with_progress(files, "评级"):
        try:
            audit = read_one(name, engine.library)
            grading = grade_one(audit, engine, mode)
        except AuditError as error:
            failed = True
            report_problems(name, error, as_json)
            continue
        if as_json:
            typer.echo(orjson.dumps(graded_document(_rulesets(engine, audit), audit, grading)).decode())
        else:
            results.add(name, audit, grading)
    if results.table.row_count:
        results.print(mode)
    if failed:
        raise typer.Exit(Exit.FAILED)


class _Results:
    """The grades as a table, with what has to be known about the rulesets below it."""

    def __init__(self, engine: Engine, many: bool) -> None:
        self.engine, self.many, self.wide = engine, many, out.width >= WIDE
        self.notices: dict[str, dict[str, None]] = {}
        self.short: list[str] = []
        self.figures: list[str] = []
        self.waivers: list[str] = []
        self.editions: list[str] = []
        self.unusual: list[str] = []
        self.table = Table(header_style="bold")
        self.table.add_column("企业 / 生产线", overflow="fold", min_width=16)
        if self.wide:
            self.table.add_column("规则集", overflow="fold")
        self.table.add_column("等级", overflow="fold", min_width=12)

    def add(self, name: str, audit: Audit, grading: Grading) -> None:
        """A row for each unit, under the enterprise; of several units one for the enterprise too."""
        rulesets = _rulesets(self.engine, audit)
        scales = [ruleset.scale for ruleset in rulesets.values()]
        head = escape(audit.enterprise.name) + (f"\n[dim]{escape(name)}[/dim]" if self.many else "")
        if len(grading.units) > 1:
            lowest = ["按最低的生产线"] if self.wide else []
            text = decision_text(decision_of(rulesets, audit, grading), lambda level: level_label(scales, level))
            self.table.add_row(Folded(head), *lowest, Folded(f"[bold]{text}[/bold]"))
            head = ""
        decisions, figures = unit_decisions(rulesets, audit, grading), unit_figures(rulesets, audit, grading)
        for unit, decision, grounds in zip(grading.units, decisions, figures, strict=True):
            ruleset = rulesets[unit.ruleset]
            ruleset_text = f"{escape(ruleset.title)}\n[dim]{ruleset.id}[/dim]"
            lines = [head, f"  {escape(unit.id)}", *([] if self.wide else [f"[dim]  {ruleset.id}[/dim]"])]
            text = outcome_text(ruleset.scale, unit.outcome, decision.causes) + mark_of(unit)
            self.table.add_row(
                Folded("\n".join(line for line in lines if line)),
                *([Folded(ruleset_text)] if self.wide else []),
                Folded(f"[bold]{text}[/bold]"),
            )
            head = ""
            stated = next(one for one in audit.units if one.id == unit.id)
            boards = short_boards(ruleset, unit)
            plant = f"{escape(audit.enterprise.name)} · {escape(unit.id)}"
            if boards is not None:
                self.short.append(f"{plant}  [bold]{escape(boards.text())}[/bold]")
            if stated.choice is not None:
                self.editions.append(f"{plant}  {escape(why_text(stated.choice, unit.ruleset))}")
            self.waivers += [f"{plant}  {escape(text)}" for text in waivers_text(ruleset, unit)]
            self.unusual += [f"{plant}  {escape(one.text)}" for one in unusual_values(ruleset, stated, unit)]
            if grounds is not None:
                self.figures.append(f"{plant}  {escape(figures_text(grounds, NAMED_IN_TERMINAL))}")
            for notice in unit.notices:
                self.notices.setdefault(notice, {})[ruleset.id] = None
        self.table.add_section()

    def print(self, mode: Mode) -> None:
        """The short boards, the table, the figures of a trial and the notes."""
        for line in self.short:
            out.print(line)
        print_block(self.table)
        for line in (*self.editions, *self.waivers, *self.figures):
            out.print(line)
        for line in self.unusual:
            out.print(f"[yellow]请再核对[/yellow]：{line}")
        out.print(f"[dim]{UNDECIDED_NOTE}[/dim]")
        for notice, ids in self.notices.items():
            out.print(f"[yellow]{NOTICE_WORDS.get(notice, notice)}[/yellow]：{'、'.join(ids)}")
        if mode is Mode.TRIAL:
            out.print(TRIAL_NOTICE, style="bold yellow")


def _rulesets(engine: Engine, audit: Audit) -> dict[str, Ruleset]:
    return {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
