"""Texts that a spreadsheet would take for a formula: written with an apostrophe before them, and read without it."""

import re

import polars as pl

_STARTS = r"[=+\-@\t\r\n|%\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
"""The characters with which spreadsheets begin a formula or a command, full width too; `|` and `%` begin old DDE calls."""
_PLAIN_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_RISKY = rf"^'*\s*{_STARTS}"
_MARKED = rf"^'+\s*{_STARTS}"
_PYTHON = re.compile(_RISKY.replace(r"\x{", r"\u").replace("}", ""))
_PYTHON_MARKED = re.compile(_MARKED.replace(r"\x{", r"\u").replace("}", ""))
_NUMBER = re.compile(_PLAIN_NUMBER)


def harmless(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; one that already begins with an apostrophe gets another."""
    return f"'{text}" if _PYTHON.match(text) and not _NUMBER.fullmatch(text) else text


def restored(text: str) -> str:
    """The inverse of `harmless`."""
    return text[1:] if _PYTHON_MARKED.match(text) else text


def harmless_columns(table: pl.LazyFrame) -> pl.LazyFrame:
    """A table to be written as CSV, with all its texts harmless."""
    texts = pl.col(pl.String)
    risky = texts.str.contains(_RISKY) & ~texts.str.contains(f"^{_PLAIN_NUMBER}$")
    heads = {name: harmless(name) for name in table.collect_schema().names()}
    return table.with_columns(pl.when(risky).then(pl.lit("'") + texts).otherwise(texts).name.keep()).rename(heads)
