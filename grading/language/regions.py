"""The names of places by their GB/T 2260 codes, as far as they are known."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from grading.language.shipped import default_root
from grading.regions import is_place


def regions(root: Path | None = None) -> Mapping[str, str]:
    """Code → name of a rulesets directory, else of the shipped one."""
    return _read((root or default_root()) / "regions.yaml")


def counties_named(name: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The codes of the counties that a name means, with or without the places above them; a code means itself."""
    plain = "".join(name.split())
    if is_place(plain):
        return (plain,)
    found = []
    for code, own in names.items():
        city, province = names.get(f"{code[:4]}00", ""), names.get(f"{code[:2]}0000", "")
        above = ("", city, province, province + city)
        spelled = {place + one for place in above for one in (own, own[:-1] if len(own) > 2 else own)}
        if not code.endswith("00") and plain in spelled:
            found.append(code)
    return tuple(found)


@cache
def _read(path: Path) -> Mapping[str, str]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else {}
