"""`grading grade`: audits in, grades out."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from grading.commands.folding import Folded
from grading.commands.inputs import grade_one, read_one, tell_problems, with_progress
from grading.commands.terminal import Exit, library, out, print_block
from grading.commands.words import NOTICE_WORDS, TRIAL_NOTICE, grade_label
from grading.engine.grade import Engine
from grading.intake import AuditError
from grading.language.short_boards import short_boards
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.result import Grading, UnitGrading
from grading.model.ruleset import Ruleset
from grading.places import group_of, sources

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
    told = _Told(engine, several=len(files) > 1)
    for name in with_progress(files, "评级"):
        try:
            audit = read_one(name, engine)
            grading = grade_one(audit, engine, mode)
        except AuditError as error:
            failed = True
            tell_problems(name, error, as_json)
            continue
        if as_json:
            typer.echo(orjson.dumps(grading.as_json()).decode())
        else:
            told.add(name, audit, grading)
    if told.table.row_count:
        told.print(mode)
    if failed:
        raise typer.Exit(Exit.FAILED)


class _Told:
    """The grades as a table, with what has to be known about the rulesets below it."""

    def __init__(self, engine: Engine, several: bool) -> None:
        self.engine, self.several, self.wide = engine, several, out.width >= WIDE
        self.notices: dict[str, dict[str, None]] = {}
        self.short: list[str] = []
        self.table = Table(header_style="bold")
        self.table.add_column("企业 / 生产线", overflow="fold", min_width=16)
        if self.wide:
            self.table.add_column("规则集", overflow="fold")
        for title in ("等级", "可达等级"):
            self.table.add_column(title, overflow="fold", min_width=8)
        for title in ("缺证据", "待核实"):
            self.table.add_column(title, justify="right", no_wrap=True)

    def add(self, name: str, audit: Audit, grading: Grading) -> None:
        """A row for each unit, under the enterprise; of several units one for the enterprise too."""
        scales = [self.engine.library.ruleset(unit.ruleset).scale for unit in audit.units]
        head = escape(audit.enterprise.name) + (f"\n[dim]{escape(name)}[/dim]" if self.several else "")
        if len(grading.units) > 1:
            labels = [grade_label(scales, level) for level in (grading.outcome.grade, grading.outcome.attainable)]
            lowest = ["按最低的生产线"] if self.wide else []
            self.table.add_row(Folded(head), *lowest, f"[bold]{labels[0]}[/bold]", labels[1], "", "")
            head = ""
        for unit in grading.units:
            ruleset = self.engine.library.ruleset(unit.ruleset)
            ruleset_text = f"{escape(ruleset.title)}\n[dim]{ruleset.id}[/dim]"
            lines = [head, f"  {escape(unit.id)}", *([] if self.wide else [f"[dim]  {ruleset.id}[/dim]"])]
            missing, figures = open_counts(ruleset, unit)
            self.table.add_row(
                Folded("\n".join(line for line in lines if line)),
                *([Folded(ruleset_text)] if self.wide else []),
                f"[bold]{grade_label([ruleset.scale], unit.outcome.grade)}[/bold]",
                grade_label([ruleset.scale], unit.outcome.attainable),
                str(missing),
                str(figures),
            )
            head = ""
            boards = short_boards(ruleset, unit)
            if boards is not None:
                self.short.append(
                    f"{escape(audit.enterprise.name)} · {escape(unit.id)}  [bold]{escape(boards.text())}[/bold]"
                )
            for notice in unit.notices:
                self.notices.setdefault(notice, {})[ruleset.id] = None
        self.table.add_section()

    def print(self, mode: Mode) -> None:
        """The short boards, the table and the notes."""
        for line in self.short:
            out.print(line)
        print_block(self.table)
        out.print("[dim]缺证据：未提供的数值和表格。待核实：指南中尚未核实、因而不能判定的限值。[/dim]")
        for notice, ids in self.notices.items():
            out.print(f"[yellow]{NOTICE_WORDS.get(notice, notice)}[/yellow]：{'、'.join(ids)}")
        if mode is Mode.TRIAL:
            out.print(TRIAL_NOTICE, style="bold yellow")


def open_counts(ruleset: Ruleset, unit: UnitGrading) -> tuple[int, int]:
    """How many values and tables are missing, and how many figures of the guideline are open, as the trace tells."""
    missing: set[tuple[str, str | None]] = set()
    figures: set[str] = set()
    for entry in unit.trace:
        if entry.rule == "figures not established" and entry.concludes.get("status") == Status.UNKNOWN:
            figures.add(entry.concludes["condition"])
        for cause in entry.because:
            if "group" in cause and cause.get("rows") is None:
                missing.add((cause["group"], None))
            elif "fact" in cause and cause.get("value") is None:
                for fact, group, row in sources(ruleset, cause["fact"], cause.get("row")):
                    if unit.values.get((fact, row if group is not None else None)) is None:
                        missing.add((fact, row if group_of(ruleset, fact) is not None else None))
    return len(missing), len(figures)
