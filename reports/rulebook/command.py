"""`grading ruleset book`: an edition as a document that people read, print and keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from grading.cli.terminal import Exit, ending_on_unusable_rulesets, err, library, one_ruleset, stop
from grading.cli.written_file import write_file
from grading.edition_diff.before import edition_before
from grading.language.load import Library
from grading.ruleset_id import edition_of, industry_of

SUFFIXES = (".html", ".pdf")


def register(rulesets: typer.Typer) -> None:
    """Add the command to those of `grading ruleset`."""
    rulesets.command("book", help="规则书：一版规则写成文件（.html 或带标签、可存档的 .pdf），逐项列出各级要求及出处")(
        write_book
    )


def write_book(
    context: typer.Context,
    ruleset: Annotated[str, typer.Argument(metavar="ID", help="规则集编号，如 national-2020/rubber")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件", help=".html 或 .pdf；默认为当前目录下的 <版本>-<行业>.html"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="ID", help="与哪一版比较；默认为所扩展的一版，没有则为本行业前一版"),
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--old-from",
            metavar="目录",
            exists=True,
            file_okay=False,
            help="被比较的一版所在的规则集目录：同一编号的前后两稿",
        ),
    ] = None,
) -> None:
    """Write the rule book of an edition."""
    from reports.rulebook.document import rulebook_html, rulebook_pdf
    from reports.typeface import TypefaceError

    rulesets = library(context)
    ruleset_id = one_ruleset(rulesets, ruleset)
    target = output or Path(f"{edition_of(ruleset_id)}-{industry_of(ruleset_id)}.html")
    if target.suffix.lower() not in SUFFIXES:
        stop(f"{target}：不知道写成什么；扩展名可以是 {'、'.join(SUFFIXES)}")
    with ending_on_unusable_rulesets():
        known = rulesets.ruleset(ruleset_id)
        if since is None and earlier is None:
            before = edition_before(rulesets, known)
        else:
            old = rulesets if earlier is None else Library(earlier)
            before = old.ruleset(one_ruleset(old, since or ruleset_id))
    try:
        made = rulebook_pdf(known, before) if target.suffix.lower() == ".pdf" else rulebook_html(known, before).encode()
    except TypefaceError as error:
        stop(str(error), Exit.FAILED)
    write_file(target, made)
    err.print(Text(f"已写入 {target}"))
