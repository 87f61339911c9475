"""Texts of several runs as they are shown: a digit raised behind a number is none of it; what is crossed out may not count."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_T, _R = f"{MAIN}t", f"{MAIN}r"
_STRIKE, _ALIGN = (f"{MAIN}rPr/{MAIN}{name}" for name in ("strike", "vertAlign"))
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
CROSSED_OUT = "单元格的内容带删除线，看不出是否作废；作废的请清空，有效的请去掉删除线"
_PARTLY = "单元格中有一部分文字带删除线（“{struck}”）；请删去划掉的内容，只留有效的，并去掉删除线"


def text_of(element: ElementTree.Element) -> tuple[str, str]:
    """A text of one or several runs, and the reason why it can't be taken: part of it is crossed out.

    A raised or lowered run stays so beside a digit (`10³`); behind a letter, as in m³, it is read as before. How a text is
    pronounced is left out.
    """
    plain = "".join(child.text or "" for child in element if child.tag == _T)
    runs = [child for child in element if child.tag == _R]
    if not runs:
        return plain, ""
    return plain + "".join(_shown(runs)), _refusal(runs)


def is_on(element: ElementTree.Element | None) -> bool:
    """True of a property that is there and not switched off."""
    return element is not None and element.get("val", "1") not in ("0", "false")


def _shown(runs: list[ElementTree.Element]) -> Iterator[str]:
    texts = [_text(run) for run in runs]
    for i, (run, text) in enumerate(zip(runs, texts, strict=True)):
        align = run.find(_ALIGN)
        raised = {"superscript": _RAISED, "subscript": _LOWERED}.get("" if align is None else align.get("val", ""))
        before, after = _last(texts[:i]), _last(text[:1] for text in texts[i + 1 : i + 2])
        beside = before.isdigit() or (not before and after.isdigit())
        yield text.translate(raised) if raised is not None and beside else text


def _refusal(runs: list[ElementTree.Element]) -> str:
    struck = [is_on(run.find(_STRIKE)) for run in runs if _text(run).strip()]
    if not any(struck):
        return ""
    gone = "".join(_text(run) for run in runs if is_on(run.find(_STRIKE)))
    return CROSSED_OUT if all(struck) else _PARTLY.format(struck=gone.strip()[:40])


def _text(run: ElementTree.Element) -> str:
    return "".join(child.text or "" for child in run if child.tag == _T)


def _last(texts: Iterable[str]) -> str:
    return "".join(texts).rstrip()[-1:]
