"""The files of the groups' tables beside the units' file; and files that look like such a table but are none by name."""

from difflib import get_close_matches
from pathlib import Path

from grading.batch.heads import plain_head, table_names
from grading.batch.layout import EVIDENCE_TITLES, WAIVER_TITLES
from grading.language.prose import glue
from grading.model.ruleset import Ruleset

TABLE_SUFFIXES = (".csv", ".parquet", ".xlsx", ".xls", ".txt", ".tsv", ".et")
WORKBOOK = ".xlsx"
"""Has all tables in one file."""
_SEPARATORS = "._- ·（()）"


def tables_beside(ruleset: Ruleset, file: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """The files of groups, and why other files of the folder may be tables that are not read, by their names.

    The case of letters in names and endings doesn't matter.
    """
    names = table_names(ruleset)
    found: dict[str, list[Path]] = {}
    suspects: dict[str, str] = {}
    stem, kind = file.stem.casefold(), file.suffix.casefold()
    others: list[tuple[Path, str, bool]] = []
    for path in sorted(file.parent.iterdir()):
        suffix = path.suffix.casefold()
        if path == file or suffix not in TABLE_SUFFIXES or not path.is_file():
            continue
        name = path.name[: -len(suffix)]
        rest = name[len(stem) :] if name.casefold().startswith(stem) else None
        title = plain_head(rest[1:]) if rest and rest.startswith(".") else ""
        if title in EVIDENCE_TITLES:
            continue
        if title in WAIVER_TITLES:
            if suffix != kind or kind == WORKBOOK:
                right = "工作簿中的一张工作表" if kind == WORKBOOK else f"{file.stem}.{WAIVER_TITLES[0]}{file.suffix}"
                suspects[path.name] = glue(("像是豁免表，但不是", right))
            continue
        group = names.get(title)
        if group is not None and suffix == kind != WORKBOOK:
            found.setdefault(group, []).append(path)
        else:
            others.append((path, name if rest is None else rest, rest is not None))
    for path, rest, is_ours in others:
        named = plain_head(rest.strip(_SEPARATORS))
        near = get_close_matches(named, names, 1, 0.75 if is_ours else 1.0)
        group = names[near[0]] if near else None
        right = f"{file.stem}.{group}{file.suffix}"
        if is_ours and rest.startswith(".") and path.suffix.casefold() == kind != WORKBOOK and "." not in rest[1:]:
            hint = f"；是否指 {right}" if group else ""
            suspects[path.name] = f"不知道这是哪张表{hint}"
        elif group is not None and group not in found:
            right = "工作簿中的一张工作表" if kind == WORKBOOK else right
            suspects[path.name] = glue((f"像是“{ruleset.groups[group].label}”的表，但不是", right))
    for paths in found.values():
        if len(paths) > 1:
            listed = "、".join(path.name for path in paths)
            suspects[paths[1].name] = f"{listed} 是同一张表；请只保留一份"
    return {group: paths[0] for group, paths in found.items()}, suspects
