"""The waivers of a unit, read from JSON: everything that is wrong with them at once, each with its place."""

from collections.abc import Sequence
from typing import Any

from grading.intake.parts import PartReader
from grading.intake.problems import Path
from grading.model.audit import Waiver, WaiverDocument
from grading.model.ruleset import Ruleset
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of

REQUIRED = ("indicator", "authority", "reason", "document", "until")
OPTIONAL = ("from", "evidence")


def read_waivers(reader: PartReader, raw: Any, path: Path, ruleset: Ruleset) -> tuple[Waiver, ...]:
    """The waivers of a unit that `ruleset` grades."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        reader.wrong(path, ProblemCode.WAIVERS_EXPECTED)
        return ()
    read = [_waiver(reader, one, (*path, i), ruleset) for i, one in enumerate(raw)]
    for i, one in enumerate(read):
        other = next((n for n in range(i) if one is not None and _overlap(one, read[n])), None)
        if other is not None:
            reader.wrong((*path, i), ProblemCode.WAIVERS_OVERLAP, other=f"waivers[{other}]")
    return tuple(one for one in read if one is not None)


def refused_indicator(ruleset: Ruleset, given: str) -> Reason | None:
    """The reason why a name can't be waived under a ruleset; None for one of its indicators."""
    ids = [indicator.id for indicator in ruleset.indicators]
    if given in ids:
        return None
    if any(gate.id == given for gate in ruleset.gates):
        return reason_of(ProblemCode.WAIVER_OF_A_GATE, gate=given)
    renamed = tuple(indicator.id for indicator in ruleset.indicators if indicator.renamed_from == given)
    hint = reason_of(Phrase.PERHAPS, names=renamed) if renamed else Phrase.NOTHING
    return reason_of(ProblemCode.WAIVER_INDICATOR_UNKNOWN, ruleset=ruleset.id, hint=hint)


def _waiver(reader: PartReader, raw: Any, path: Path, ruleset: Ruleset) -> Waiver | None:
    stated = reader.mapping(raw, path, required=REQUIRED, optional=OPTIONAL)
    texts = {
        key: reader.text(stated[key], (*path, key)) for key in ("indicator", "authority", "reason") if key in stated
    }
    indicator = texts.get("indicator")
    refusal = None if indicator is None else refused_indicator(ruleset, indicator)
    if refusal is not None:
        reader.wrong_for((*path, "indicator"), refusal)
    document = _document(reader, stated["document"], (*path, "document")) if "document" in stated else None
    days = {key: reader.day(stated[key], (*path, key)) for key in ("from", "until") if key in stated}
    evidence = reader.texts(stated.get("evidence", []), (*path, "evidence"))
    # Without a day of its own a waiver begins with its document.
    begin = days.get("from", document.issued_on if document is not None else None)
    until = days.get("until")
    if begin is not None and until is not None and until < begin:
        reader.wrong((*path, "until"), ProblemCode.WAIVER_ENDS_BEFORE, begin=begin)
    found: Sequence[Any] = [*texts.values(), document, begin, until]
    if None in found or len(texts) < 3 or refusal is not None or document is None or begin is None or until is None:
        return None
    return Waiver(
        indicator=texts["indicator"] or "",
        authority=texts["authority"] or "",
        reason=texts["reason"] or "",
        document=document,
        from_=begin,
        until=until,
        evidence=evidence,
    )


def _document(reader: PartReader, raw: Any, path: Path) -> WaiverDocument | None:
    stated = reader.mapping(raw, path, required=("number", "date"))
    number = reader.text(stated["number"], (*path, "number")) if "number" in stated else None
    issued_on = reader.day(stated["date"], (*path, "date")) if "date" in stated else None
    if number is None or issued_on is None:
        return None
    return WaiverDocument(number=number, issued_on=issued_on)


def _overlap(one: Waiver, other: Waiver | None) -> bool:
    """True when both are of one indicator and some day is in both periods."""
    if other is None or one.indicator != other.indicator:
        return False
    return one.from_ <= other.until and other.from_ <= one.until
