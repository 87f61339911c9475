"""`grading admission`: whether a proposed project may be admitted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from grading.cli.inputs import read_bytes, report_problems
from grading.cli.terminal import Exit, ending_on_unusable_rulesets, err, library, out, print_json, stop
from grading.cli.written_file import write_file
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.intake import AuditError
from grading.policy.admission import Opinion, admission
from grading.policy.apply import PolicyEngine
from grading.policy.library import PolicyLibrary
from grading.policy.project import read_project

SUFFIXES = (".pdf", ".html")


def register(parent: typer.Typer) -> None:
    """Add the command."""
    parent.command("admission", help="拟建项目的环保绩效准入意见：准入、不予准入，或暂不能判定及所缺信息")(opinion)


def opinion(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="项目文件", help="项目及其设计资料（JSON）；- 为标准输入")],
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="准入意见 .pdf 或 .html")] = None,
) -> None:
    """Give the opinion about a project; exit 1 when its file can't be read."""
    if output is not None and output.suffix.lower() not in SUFFIXES:
        stop(f"{output}：不知道写成什么；扩展名可以是 {'、'.join(SUFFIXES)}")
    rulesets = library(context)
    try:
        with ending_on_unusable_rulesets():
            engine = PolicyEngine(PolicyLibrary(rulesets.root))
            project, audit = read_project(read_bytes(file), rulesets, engine.library)
            found = admission(engine, Engine(rulesets), project, audit)
    except AuditError as error:
        report_problems(file, error, as_json)
        raise typer.Exit(Exit.FAILED) from None
    except (NetworkError, EngineError) as error:
        stop(f"{file}：不能评级：{error}", Exit.FAILED)
    if output is not None:
        write_file(output, _document(found, engine, output.suffix.lower()))
        err.print(Text(str(output)))
    if as_json:
        print_json(found.as_json())
    elif output is None:
        _print(found, engine)


def _document(found: Opinion, policies: PolicyEngine, suffix: str) -> bytes:
    from reports.admission.report import opinion_html, opinion_pdf
    from reports.typeface import TypefaceError

    if suffix != ".pdf":
        return opinion_html(found, policies).encode()
    try:
        return opinion_pdf(found, policies)
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)


def _print(found: Opinion, policies: PolicyEngine) -> None:
    from reports.admission.report import opinion_context

    context = opinion_context(found, policies)
    out.print(Text(f"{context.name}：{context.outcome}", style="bold"))
    for label, value in (*context.facts, ("应达到的等级", context.required)):
        out.print(Text(f"  {label}：{value}"))
    for line in context.reasons:
        out.print(Text(f"  [{line.verdict}] {line.text}（{line.source}）"))
    if context.missing:
        out.print(Text(f"  需要补充：{'、'.join(context.missing)}"))
