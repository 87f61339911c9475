"""The names of places by their GB/T 2260 codes, as far as they are known."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from grading.language.load import default_root


def regions(root: Path | None = None) -> Mapping[str, str]:
    """Code → name of a rulesets directory, else of the shipped one."""
    return _read((root or default_root()) / "regions.yaml")


@cache
def _read(path: Path) -> Mapping[str, str]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else {}
