"""The shape of a draft: it may be incomplete and wrong, but each part has to be the kind of thing that a form can show."""

from collections.abc import Callable
from typing import Any

from api.problems import ErrorAt, Problem
from grading.language.problems import place_of

Path = tuple[str | int, ...]
TEXTS = ("name", "uscc", "permit", "county")


def refuse_broken(raw: dict[str, Any]) -> None:
    """Raise Problem (422) with the place of everything that has another shape than an audit."""
    _, errors = sound(raw)
    if errors:
        raise Problem("invalid_audit", f"审核数据有 {len(errors)} 处结构不对。", status=422, errors=errors)


def sound(raw: dict[str, Any]) -> tuple[dict[str, Any], list[ErrorAt]]:
    """The draft without what is broken, and what that was. A draft that is whole comes back as it is."""
    reader = _Reader()
    enterprise = reader.members(
        raw.get("enterprise"), ("enterprise",), {**dict.fromkeys(TEXTS, _text), "facts": _facts}
    )
    units = reader.items(raw["units"], ("units",), _unit) if "units" in raw else None
    _text(reader, raw.get("assessed_on"), ("assessed_on",))
    if not reader.errors:
        return raw, []
    whole = {key: value for key, value in raw.items() if key not in ("enterprise", "units", "assessed_on")}
    if "enterprise" in raw:
        whole["enterprise"] = enterprise or {}
    if isinstance(raw.get("assessed_on"), str):
        whole["assessed_on"] = raw["assessed_on"]
    whole["units"] = units or []
    return whole, reader.errors


class _Reader:
    """Collects what is broken; its methods give what is left of a part without that."""

    def __init__(self) -> None:
        self.errors: list[ErrorAt] = []

    def wrong(self, path: Path, right: str, given: Any) -> None:
        self.errors.append(ErrorAt(place_of(path), f"应为{right}，收到{_kind(given)}。"))

    def members(self, raw: Any, path: Path, kinds: dict[str, "Check"]) -> dict[str, Any] | None:
        """An object whose members with these names have a kind; others are left to the intake."""
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self.wrong(path, "对象", raw)
            return None
        found = {}
        for key, value in raw.items():
            check = kinds.get(key)
            left = value if check is None else check(self, value, (*path, key))
            if left is not _BROKEN:
                found[key] = left
        return found

    def each(self, raw: Any, path: Path, check: "Check") -> Any:
        """An object all of whose members are of one kind."""
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self.wrong(path, "对象", raw)
            return _BROKEN
        return {key: left for key, value in raw.items() if (left := check(self, value, (*path, key))) is not _BROKEN}

    def items(self, raw: Any, path: Path, check: "Check") -> list[Any] | None:
        if not isinstance(raw, list):
            self.wrong(path, "列表", raw)
            return None
        return [left for i, item in enumerate(raw) if (left := check(self, item, (*path, i))) is not _BROKEN]


Check = Callable[[_Reader, Any, Path], Any]
_BROKEN = object()


def _unit(reader: _Reader, raw: Any, path: Path) -> Any:
    if not isinstance(raw, dict):
        reader.wrong(path, "对象", raw)
        return _BROKEN
    left = reader.members(raw, path, {"id": _text, "ruleset": _text, "facts": _facts, "groups": _groups})
    # Without its ruleset nothing of a unit can be shown.
    return _BROKEN if left is not None and "ruleset" in raw and "ruleset" not in left else left


def _facts(reader: _Reader, raw: Any, path: Path) -> Any:
    return reader.each(raw, path, _value)


def _groups(reader: _Reader, raw: Any, path: Path) -> Any:
    return reader.each(raw, path, _rows)


def _rows(reader: _Reader, raw: Any, path: Path) -> Any:
    if raw is None:
        return None
    rows = reader.items(raw, path, _row)
    return _BROKEN if rows is None else rows


def _row(reader: _Reader, raw: Any, path: Path) -> Any:
    if not isinstance(raw, dict):
        reader.wrong(path, "对象", raw)
        return _BROKEN
    return reader.each(raw, path, _value)


def _value(reader: _Reader, raw: Any, path: Path) -> Any:
    """A bare value, or an object with value, evidence and note."""
    if _is_plain(raw):
        return raw
    if not isinstance(raw, dict):
        reader.wrong(path, "值（文本、数值、是否或选项列表）", raw)
        return _BROKEN
    for key, part in raw.items():
        inner = isinstance(part, dict) and key == "value" and all(_is_scalar(item) for item in part.values())
        if not _is_plain(part) and not inner:
            reader.wrong((*path, key), "值（文本、数值、是否或选项列表）", part)
            return _BROKEN
    return raw


def _text(reader: _Reader, raw: Any, path: Path) -> Any:
    if raw is not None and not isinstance(raw, str):
        reader.wrong(path, "文本", raw)
        return _BROKEN
    return raw


def _is_plain(raw: Any) -> bool:
    return _is_scalar(raw) or (isinstance(raw, list) and all(_is_scalar(item) for item in raw))


def _is_scalar(raw: Any) -> bool:
    return not isinstance(raw, dict | list)


def _kind(raw: Any) -> str:
    if raw is None:
        return "空值"
    if isinstance(raw, bool):
        return "是否值"
    if isinstance(raw, str):
        return "文本"
    return "对象" if isinstance(raw, dict) else "列表" if isinstance(raw, list) else "数值"
