"""`grading ruleset schema`: the JSON Schema that gives an editor completion and hover texts."""

from pathlib import Path

import orjson
import typer
from rich.text import Text

from grading.cli.terminal import Exit, err
from grading.cli.written_file import write_file
from grading.language.schema import FileKind, schema


def write_schema(kind: FileKind, to: Path | None) -> None:
    """Print the schema or write it to a file."""
    text = orjson.dumps(schema(kind), option=orjson.OPT_INDENT_2).decode()
    if to is None or str(to) == "-":
        typer.echo(text)
        return
    write_file(to, f"{text}\n".encode(), Exit.USAGE)
    err.print(Text(f"已写入 {to}"))
