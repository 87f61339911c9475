"""`grading gaps`: what stands between each unit and a level, and the plan that closes it."""

from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape

from grading import calendar
from grading.cli.gaps_text import print_gaps, print_joint_plan
from grading.cli.inputs import grade_one, read_one, report_problems, with_progress
from grading.cli.labels import notices
from grading.cli.terminal import Exit, library, out
from grading.engine.grade import Engine
from grading.gaps import NoSuchLevelError, ReachedError, TargetError, enterprise_plan, unit_gaps
from grading.gaps.causes import unit_decisions
from grading.gaps.ground_figures import unit_figures
from grading.gaps.opened import Opened
from grading.intake import AuditError, InputProblem, input_problem
from grading.language.decision_text import decision_text, level_label
from grading.language.figures_text import NAMED_IN_TERMINAL, figures_text
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.decision import Decision
from grading.model.gap import UnitGaps
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset
from grading.problems.codes import ProblemCode


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gaps", help="列出与目标等级的差距，给出最省与改动最少的组合")(show_gaps)


def show_gaps(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="审核文件…", help="审核数据（JSON）；- 为标准输入")],
    target: Annotated[str | None, typer.Option("--target", help="目标等级，如 B；默认为高一级")] = None,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实，结果不得发布")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")] = False,
) -> None:
    """Show the gaps of every unit of every file; exit 1 if one can't be read or none of its units has such a level."""
    engine = Engine(library(context))
    mode = Mode.TRIAL if trial else Mode.OFFICIAL
    failed = False
    for name in with_progress(files, "分析差距"):
        try:
            audit = read_one(name, engine.library, planned=True)
            to_come = ("day_to_come",) if audit.assessed_on > calendar.today() else ()
            grading = grade_one(audit, engine, mode)
            opened = Opened(engine, audit, grading)
            found = _gaps(opened, target)
        except AuditError as error:
            failed = True
            report_problems(name, error, as_json)
            continue
        if as_json:
            units = [
                _unit_json(engine.library.ruleset(unit.ruleset), unit, one) | {"notices": [*unit.notices, *to_come]}
                for unit, one in zip(grading.units, found, strict=True)
            ]
            joint = enterprise_plan(engine, audit, grading, target, opened)
            whole = None if joint is None else joint.model_dump(mode="json")
            typer.echo(orjson.dumps({"file": name, "mode": mode.value, "units": units, "enterprise": whole}).decode())
        else:
            rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
            decisions = unit_decisions(rulesets, audit, grading)
            for i, (one, figures) in enumerate(zip(found, unit_figures(rulesets, audit, grading), strict=True)):
                _print_one(rulesets[audit.units[i].ruleset], audit, i, one, decisions[i])
                if noted := notices((*grading.units[i].notices, *to_come), mode):
                    out.print(noted, style="bold yellow")
                if figures is not None:
                    out.print(escape(figures_text(figures, NAMED_IN_TERMINAL)))
                out.print()
            joint = enterprise_plan(engine, audit, grading, target, opened)
            if joint is not None:
                print_joint_plan(audit, rulesets, joint)
    if failed:
        raise typer.Exit(Exit.FAILED)


def _gaps(opened: Opened, target: str | None) -> list[UnitGaps | TargetError]:
    """The gaps of each unit, or why there are none to speak of."""
    found: list[UnitGaps | TargetError] = []
    for i in range(len(opened.audit.units)):
        try:
            found.append(unit_gaps(opened.engine, opened.audit, opened.grading, i, target, opened))
        except TargetError as error:
            found.append(error)
    missing = [one for one in found if isinstance(one, NoSuchLevelError)]
    if len(missing) == len(found):
        raise AuditError(no_such_level(f"units[{i}]", one) for i, one in enumerate(missing))
    return found


def no_such_level(place: str, error: NoSuchLevelError) -> InputProblem:
    """A target that is no level to aim at, as a problem at a place."""
    return input_problem(place, ProblemCode.LEVEL_UNKNOWN, level=error.target, levels=error.levels)


def _unit_json(ruleset: Ruleset, unit: UnitGrading, found: UnitGaps | TargetError) -> dict[str, Any]:
    if isinstance(found, TargetError):
        why = _without_gaps(ruleset, found, level_label(ruleset.scale, found.grade))
        return {"unit": unit.id, "grade": found.grade, "message": why}
    return found.model_dump(mode="json")


def _print_one(ruleset: Ruleset, audit: Audit, index: int, found: UnitGaps | TargetError, decision: Decision) -> None:
    unit = audit.units[index]
    if isinstance(found, UnitGaps):
        print_gaps(audit, ruleset, found, decision.causes)
        return
    now = decision_text(decision, lambda level: level_label(ruleset.scale, level))
    text = _without_gaps(ruleset, found, now)
    out.print(f"[bold]{escape(audit.enterprise.name)} · {escape(unit.id)}[/bold]：{escape(text)}")


def _without_gaps(ruleset: Ruleset, found: TargetError, now: str) -> str:
    """The reason why there are no gaps to speak of."""
    if isinstance(found, ReachedError):
        return f"现为 {now}，已经达到目标"
    labels = [f"{level}（{level_label(ruleset.scale, level)}）" for level in found.levels]
    return f"没有可以作为目标的等级“{found.target}”；有 {'、'.join(labels)}"
