"""`grading ruleset …`: what rulesets there are, whether they are in order, whether their cases pass."""

from pathlib import Path
from typing import Annotated

import typer

from grading.cli.ruleset_check import check_rulesets
from grading.cli.ruleset_list import list_rulesets
from grading.cli.ruleset_schema import write_schema
from grading.cli.ruleset_show import show_ruleset
from grading.cli.ruleset_test import run_cases
from grading.cli.terminal import library, matching_rulesets, one_ruleset
from grading.language.schema import FileKind

app = typer.Typer(help="规则集：列出、查看、检查、测试、编辑器模式", no_args_is_help=True)

Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]…",
        help="规则集编号、版本或行业，如 national-2020/rubber、national-2020、rubber、C3033、做防水卷材的；默认全部",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("list", help="列出规则集及其规模、未核实数值的个数")
def list_(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """List rulesets with their counts."""
    rulesets = library(context)
    list_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), as_json)


@app.command(help="用中文把一个规则集完整写出来")
def show(
    context: typer.Context,
    ruleset: Annotated[str, typer.Argument(metavar="ID", help="规则集编号，如 national-2020/rubber")],
    as_json: Json = False,
) -> None:
    """Print a ruleset in prose."""
    rulesets = library(context)
    show_ruleset(rulesets, one_ruleset(rulesets, ruleset), as_json)


@app.command(help="检查规则集；有错误时退出码为 1")
def check(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Load and lint rulesets."""
    rulesets = library(context)
    check_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), as_json)


@app.command("test", help="运行规则集的测试用例；有用例不通过时退出码为 1")
def cases(
    context: typer.Context,
    ids: Ids = None,
    keyword: Annotated[str | None, typer.Option("-k", metavar="文字", help="只运行名称中含有这段文字的用例")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="逐条列出用例")] = False,
    as_json: Json = False,
) -> None:
    """Run the data cases."""
    rulesets = library(context)
    run_cases(rulesets, matching_rulesets(rulesets, ids or ()), keyword, verbose, as_json)


@app.command("schema", help="输出规则文件的 JSON Schema，供编辑器补全和提示")
def schema_(
    to: Annotated[Path | None, typer.Option("--output", "-o", metavar="文件", help="写入文件；默认输出到终端")] = None,
    kind: Annotated[
        FileKind, typer.Option("--kind", help="any：按内容识别；ruleset：规则集；part：公共部分；cases：测试用例")
    ] = FileKind.ANY,
) -> None:
    """Write the JSON Schema of a kind of file."""
    write_schema(kind, to)
