"""Plain values as the text of a ruleset's file, which the strict reader reads back as they are."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from grading.digest import plain

_LOOKS_OTHERWISE = re.compile(r"[-+]?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}|null|~|true|false|")
_LINE = 140


class _Dumper(yaml.SafeDumper):
    """Writes exact decimals, and quotes the texts that the strict reader would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Every value is written where it stands."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key, as the shipped files do."""
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if _LOOKS_OTHERWISE.fullmatch(text) or "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    text = plain(number)
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


def _day(dumper: yaml.SafeDumper, day: date) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())


def _mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.Node:
    """Mappings of single values on one line, as the shipped files have them, where they fit on one."""
    node = dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items())
    single = all(not isinstance(value, dict | list) or not value for value in mapping.values())
    node.flow_style = single and sum(len(f"{key}: {value}, ") for key, value in mapping.items()) < _LINE
    return node


def _list(dumper: yaml.SafeDumper, listed: list[Any]) -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", listed)
    node.flow_style = (
        not any(isinstance(item, dict | list) for item in listed) and sum(map(len, map(str, listed))) < _LINE
    )
    return node


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(date, _day)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)


def yaml_text(content: dict[str, Any], head: str) -> bytes:
    """The text of a file, with a comment of one or several lines before it."""
    text: str = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9)
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    return (comment + text).encode()
