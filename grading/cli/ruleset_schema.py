"""`grading ruleset schema`: the JSON Schema that gives an editor completion and hover texts."""

from pathlib import Path

import orjson
import typer
from rich.text import Text

from grading.cli.terminal import err, stop
from grading.language.schema import FileKind, schema


def write_schema(kind: FileKind, to: Path | None) -> None:
    """Print the schema or write it to a file."""
    text = orjson.dumps(schema(kind), option=orjson.OPT_INDENT_2).decode()
    if to is None or str(to) == "-":
        typer.echo(text)
        return
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        stop(f"无法写入 {to}：{error.strerror}")
    err.print(Text(f"已写入 {to}"))
