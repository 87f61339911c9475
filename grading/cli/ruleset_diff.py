"""`grading ruleset diff`: two editions criterion by criterion, and what the difference does to a file of audits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from grading.batch.layout import LayoutError
from grading.batch.run import SUFFIXES
from grading.cli.impact import summary
from grading.cli.terminal import Exit, ending_on_unusable_rulesets, out, print_json, stop
from grading.columns.layout import ColumnsError
from grading.edition_diff.changes import Change, Part, changes
from grading.edition_diff.words import DIRECTIONS, KINDS, NOTHING, WAYS
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.impact.run import Order, Result, run_impact
from grading.language.decision_text import labels_of
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.base import Mode
from grading.model.impact import CauseCount
from grading.vocabulary import MODE

MOVED = 20
"""So many units that move are told in the terminal; `--json` has all."""


def diff_rulesets(
    rulesets: Library, old: str, new: str, earlier: Path | None, audits: Path | None, trial: bool, as_json: bool
) -> None:
    """Print what differs; with a file of audits also who moves because of it."""
    with ending_on_unusable_rulesets():
        before = (rulesets if earlier is None else Library(earlier)).ruleset(old)
        after = rulesets.ruleset(new)
    found = changes(before, after)
    if audits is not None and earlier is not None:
        stop("--audits 比较同一规则集目录中的两部规则集，不能与 --old-from 同用")
    result = None if audits is None else _impact(rulesets, old, new, audits, trial)
    if as_json:
        document = {"before": before.id, "after": after.id, "changes": [_document(one, result) for one in found]}
        print_json(document if result is None else document | {"impact": summary(result), "moved": _moved(result)})
        return
    out.print(Text(f"{before.title}（{before.id}） → {after.title}（{after.id}）", style="bold"))
    for change in found:
        for line in _lines(change, result):
            out.print(line)
    counts = {kind: sum(change.kind == kind for change in found) for kind in KINDS}
    text = "，".join(f"{KINDS[kind]} {number}" for kind, number in counts.items() if number)
    out.print(Text(f"\n共 {len(found)} 处不同{f'：{text}' if text else ''}", style="bold"))
    if result is not None:
        _print_moved(result)


def _impact(rulesets: Library, old: str, new: str, audits: Path, trial: bool) -> Result:
    if audits.suffix.lower() not in SUFFIXES:
        stop(f"{audits.name}：不知道怎样读 {audits.suffix or '没有扩展名的'} 文件；可以是 {'、'.join(SUFFIXES)}")
    order = Order(audits, old, new, Mode.TRIAL if trial else Mode.OFFICIAL)
    try:
        return run_impact(order, Engine(rulesets), lambda _done, _total: None)
    except LayoutError as error:
        stop("\n".join(error.problems), Exit.FAILED)
    except ValueError as error:
        stop(str(error))
    except (LanguageError, NetworkError, EngineError, ColumnsError) as error:
        stop(str(error), Exit.FAILED)


def _lines(change: Change, result: Result | None) -> Iterator[Text]:
    names = [id_ for id_ in (change.before_id, change.after_id) if id_ is not None]
    ids = " → ".join(dict.fromkeys(names))
    head = Text.assemble((f"\n{WAYS[change.way]}{KINDS[change.kind]}“{change.title}”", "bold cyan"), f"  {ids}")
    cause = _cause(change, result)
    if cause is not None:
        head.append(
            f"  改变 {cause.units} 个单元的等级：升 {cause.up}，降 {cause.down}，待定 {cause.undecided}", "yellow"
        )
    yield head
    yield from (_line(part) for part in change.parts)


def _line(part: Part) -> Text:
    way = "" if part.direction is None else f"（{DIRECTIONS[part.direction]}）"
    line = Text(f"  {part.name}{way}：")
    if part.before is None:
        line.append(part.after or NOTHING, "green")
    elif part.after is None:
        line.append(part.before or NOTHING, "red")
    else:
        line.append(part.before or NOTHING, "red").append(" → ").append(part.after or NOTHING, "green")
    return line


def _cause(change: Change, result: Result | None) -> CauseCount | None:
    """The number of units that move because of a criterion."""
    if result is None or change.kind not in ("indicator", "gate", "scale"):
        return None
    ids = (None, None) if change.kind == "scale" else (change.before_id, change.after_id)
    listed = result.impact.causes
    return next((one for one in listed if one.kind == change.kind and (one.before_id, one.after_id) == ids), None)


def _document(change: Change, result: Result | None) -> dict[str, Any]:
    cause = _cause(change, result)
    moves = None if cause is None else {name: getattr(cause, name) for name in ("units", "up", "down", "undecided")}
    return {
        "kind": change.kind,
        "way": change.way,
        "before_id": change.before_id,
        "after_id": change.after_id,
        "title": change.title,
        "parts": [
            {
                "name": part.name,
                "level": part.level,
                "before": part.before,
                "after": part.after,
                "direction": part.direction,
            }
            for part in change.parts
        ],
        **({} if result is None else {"moves": moves}),
    }


def _moved(result: Result) -> list[dict[str, Any]]:
    shown = ("unit.id", "enterprise.name", "before", "after", "way", "causes")
    columns = [name for name in shown if name in result.units.columns]
    return result.units.select(columns).to_dicts()


def _print_moved(result: Result) -> None:
    labels, found = labels_of(result.pair.before.scale, result.pair.after.scale), result.impact
    text = f"\n{MODE[result.mode]}评级 {found.units:,} 个单元：上升 {found.up:,}，下降 {found.down:,}"
    out.print(Text(f"{text}，待定 {found.undecided:,}，转为已定 {found.settled:,}", style="bold"))
    moved = _moved(result)
    for row in moved[:MOVED]:
        grades = (labels.get(row[name], row[name]) for name in ("before", "after"))
        out.print(Text(f"  {row.get('unit.id')}：{' → '.join(grades)}，因为 {row['causes'] or '等级体系不同'}"))
    if len(moved) > MOVED:
        out.print(Text(f"  另有 {len(moved) - MOVED} 个；`grading impact` 写出全部及其数值"))
