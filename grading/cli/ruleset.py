"""`grading ruleset …`: what rulesets there are, whether they are in order, whether their cases pass."""

from pathlib import Path
from typing import Annotated

import typer

from grading.cli.terminal import library, matching_rulesets, one_ruleset
from grading.language.load import Library
from grading.language.schema import FileKind

# Each command imports what it needs when it runs: listing rulesets need not wait for the engine, nor anything for z3.
app = typer.Typer(help="规则集：列出、查看、检查、测试、编辑器模式", no_args_is_help=True)

Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]…",
        help="规则集编号、版本或行业，如 national-2020/rubber、national-2020、rubber、C3033、做防水卷材的；默认全部",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="ruleset")


@app.command("list", help="列出规则集及其规模、未核实数值的个数")
def list_(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """List rulesets with their counts."""
    from grading.cli.ruleset_list import list_rulesets

    rulesets = library(context)
    list_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), as_json)


@app.command(help="用中文把一个规则集完整写出来")
def show(
    context: typer.Context,
    ruleset: Annotated[str, typer.Argument(metavar="ID", help="规则集编号，如 national-2020/rubber")],
    as_json: Json = False,
) -> None:
    """Print a ruleset in prose."""
    from grading.cli.ruleset_show import show_ruleset

    rulesets = library(context)
    show_ruleset(rulesets, one_ruleset(rulesets, ruleset), as_json)


@app.command(help="检查规则集；有错误时退出码为 1")
def check(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Load and lint rulesets."""
    from grading.cli.ruleset_check import check_rulesets

    rulesets = library(context)
    check_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), as_json)


@app.command(help="证明规则集：各等级能否评上，判据是否矛盾、多余或落空；有未说明的发现时退出码为 1")
def prove(
    context: typer.Context,
    ids: Ids = None,
    to: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="目录", file_okay=False, help="把求得的审核逐个写入目录")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", "-j", min=1, metavar="个数", help="同时运行的进程数")] = 2,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="也列出已说明理由的发现")] = False,
    as_json: Json = False,
) -> None:
    """Prove rulesets with z3."""
    from grading.cli.ruleset_prove import prove_rulesets

    rulesets = library(context)
    prove_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), to, workers, verbose, as_json)


@app.command(help="逐项比较两部规则集，并说明对一份审核数据的影响：谁升谁降，因为什么")
def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="原规则集", help="如 national-2020/coking")],
    new: Annotated[str, typer.Argument(metavar="新规则集", help="如 national-2024/coking")],
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--old-from",
            metavar="目录",
            exists=True,
            file_okay=False,
            help="原规则集所在的规则集目录：比较同一编号的前后两稿",
        ),
    ] = None,
    audits: Annotated[
        Path | None,
        typer.Option("--audits", "-a", metavar="文件", exists=True, dir_okay=False, help="审核数据：另算出谁升谁降"),
    ] = None,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实")] = False,
    as_json: Json = False,
) -> None:
    """Compare two rulesets criterion by criterion."""
    from grading.cli.ruleset_diff import diff_rulesets

    rulesets = library(context)
    before = one_ruleset(rulesets if earlier is None else Library(earlier), old)
    diff_rulesets(rulesets, before, one_ruleset(rulesets, new), earlier, audits, trial, as_json)


@app.command("test", help="运行规则集的测试用例；有用例不通过时退出码为 1")
def try_cases(
    context: typer.Context,
    ids: Ids = None,
    keyword: Annotated[str | None, typer.Option("-k", metavar="文字", help="只运行名称中含有这段文字的用例")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="逐条列出用例")] = False,
    as_json: Json = False,
) -> None:
    """Run the data cases."""
    from grading.cli.ruleset_test import run_cases

    rulesets = library(context)
    run_cases(rulesets, matching_rulesets(rulesets, ids or ()), keyword, verbose, as_json)


@app.command(help="用例的覆盖面：每个条件见过哪些结果，规则改错一处有没有用例不通过")
def coverage(
    context: typer.Context,
    ids: Ids = None,
    least: Annotated[
        float | None,
        typer.Option("--least", min=0, max=100, metavar="百分比", help="察觉的改动少于这个比例时退出码为 1"),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="列出全部未察觉的改动和未见过的结果")] = False,
    as_json: Json = False,
) -> None:
    """Print how much of rulesets their cases cover, and the mutants that none fails."""
    from grading.cli.ruleset_cases import cover_rulesets

    rulesets = library(context)
    cover_rulesets(rulesets, matching_rulesets(rulesets, ids or ()), least, verbose, as_json)


@app.command(help="列出一个规则集的用例；--coverage 覆盖面，--suggest 写出缺少的用例（答案待人判断）")
def cases(
    context: typer.Context,
    ruleset: Annotated[str, typer.Argument(metavar="ID", help="规则集编号，如 national-2020/rubber")],
    with_coverage: Annotated[bool, typer.Option("--coverage", help="同 `grading ruleset coverage`")] = False,
    with_suggestions: Annotated[bool, typer.Option("--suggest", help="写出缺少的用例")] = False,
    to: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="文件", help="建议写入文件；默认输出到终端")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the cases of a ruleset, their coverage, or those that are missing."""
    from grading.cli.ruleset_cases import cover_rulesets, show_cases, suggest_cases

    rulesets = library(context)
    ruleset_id = one_ruleset(rulesets, ruleset)
    if with_suggestions:
        suggest_cases(rulesets, ruleset_id, to)
    elif with_coverage:
        cover_rulesets(rulesets, (ruleset_id,), None, False, as_json)
    else:
        show_cases(rulesets, ruleset_id, as_json)


@app.command(help="把规则集写成工作簿（Excel），像正式的指标表；第一张表是待办清单")
def workbook(
    context: typer.Context,
    ruleset: Annotated[str, typer.Argument(metavar="ID", help="规则集编号，如 national-2020/brick")],
    to: Annotated[Path, typer.Option("--output", "-o", metavar="文件", help="写到哪里，如 table.xlsx")],
    audits: Annotated[
        Path | None,
        typer.Option(
            "--audits",
            "-a",
            metavar="文件",
            exists=True,
            dir_okay=False,
            help="审核数据（.json、.jsonl）：待办清单按它们的等级有多少取决于各数值排列；默认按规则集的用例",
        ),
    ] = None,
    count: Annotated[
        bool, typer.Option("--count/--no-count", help="统计影响；不统计的，待办清单按把握大小排列")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的工作簿")] = False,
) -> None:
    """Write the workbook of a ruleset."""
    from grading.cli.ruleset_workbook import write_workbook

    rulesets = library(context)
    write_workbook(rulesets, one_ruleset(rulesets, ruleset), to, audits, count, force)


@app.command(help="把改好的规则工作簿读成新版本（一个规则集目录）；有错时在副本中标出，什么都不写")
def read(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="工作簿", help="改好的规则工作簿（.xlsx）", exists=True, dir_okay=False)
    ],
    to: Annotated[Path, typer.Option("--output", "-o", metavar="目录", file_okay=False, help="新版本写到哪里")],
    local: Annotated[bool, typer.Option("--local", help="地方版本：沿用（extends）原规则集，只写改动")] = False,
    new_id: Annotated[
        str | None, typer.Option("--id", metavar="编号", help="新版本的编号，如 xianyang-2027/brick；默认取“版本”表")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="文件", help="标出错误的副本写到哪里，默认在工作簿旁")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖目录中已有的文件")] = False,
    as_json: Json = False,
) -> None:
    """Read the workbook of a ruleset."""
    from grading.cli.ruleset_workbook import read_workbook

    read_workbook(library(context), file, to, local, new_id, errors, force, as_json)


@app.command("schema", help="输出规则文件的 JSON Schema，供编辑器补全和提示")
def schema_(
    to: Annotated[Path | None, typer.Option("--output", "-o", metavar="文件", help="写入文件；默认输出到终端")] = None,
    kind: Annotated[
        FileKind,
        typer.Option(
            "--kind",
            help="any：按内容识别；ruleset：规则集；part：公共部分；cases：测试用例；accepted：已说明理由的发现",
        ),
    ] = FileKind.ANY,
) -> None:
    """Write the JSON Schema of a kind of file."""
    from grading.cli.ruleset_schema import write_schema

    write_schema(kind, to)
