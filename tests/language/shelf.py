"""Small rulesets, written inside the tests: a shelf holds files by name, a ruleset is put together from its sections."""

from pathlib import Path
from textwrap import dedent

from grading.language.load import Library
from grading.language.problems import LanguageError, Problem

SCALES = """\
abd:
  label: A/B/D
  levels:
    - {id: A, label: A级, standing: 1}
    - {id: B, label: B级, standing: 2}
    - {id: D, label: D级, standing: 5}
"""
DIMENSIONS = """\
dimensions:
  treatment: {label: 污染治理技术}
  emission_limits: {label: 排放限值}
scopes:
  facilities: {label: 治污设施绩效, dimensions: [treatment]}
"""
HEAD = """\
id: e/r
title: 试验行业
scale: abd
edition: {document: 试验文件, effective: 2020-06-29}
jurisdiction: "100000"
industry: {includes: 试验}
review: {status: draft}
"""
FACTS = """\
facts:
  - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
  - {id: dust, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}
"""
KNOWN = "cite: {document: 试验文件}, basis: seen, confidence: high"
INDICATORS = """\
indicators:
  - id: limits
    dimension: emission_limits
    title: 颗粒物和密闭
    levels:
      A: {require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true}]}, text: 不高于 10}
      B: {require: {fact: dust, at_most: 20}, text: 不高于 20}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 治理}
"""
MEASURES = f"""\
measures:
  yellow: {{"A,B,D": [{{text: 自主减排, kind: self_decided, {KNOWN}}}]}}
  orange: {{"A,B,D": [{{text: 自主减排, kind: self_decided, {KNOWN}}}]}}
  red: {{"A,B,D": [{{text: 自主减排, kind: self_decided, {KNOWN}}}]}}
"""


def ruleset_text(
    head: str = HEAD,
    facts: str = FACTS,
    indicators: str = INDICATORS,
    measures: str = MEASURES,
    more: str = "",
) -> str:
    """The text of a ruleset in which everything is in order, but for the sections a test writes itself."""
    return "".join(dedent(section) for section in (head, facts, indicators, measures, more))


def shelf(root: Path, files: dict[str, str] | None = None) -> Library:
    """A library of the files (`e/r.yaml`: text), with scales and dimensions if they do not bring their own."""
    written = {"scales.yaml": SCALES, "dimensions.yaml": DIMENSIONS, "e/r.yaml": ruleset_text(), **(files or {})}
    for name, text in written.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return Library(root)


def problems_of(library: Library, ruleset_id: str = "e/r") -> tuple[Problem, ...]:
    """Why a ruleset can't be loaded; empty when it can."""
    try:
        library.load(ruleset_id)
    except LanguageError as error:
        return error.problems
    return ()


def line_of(text: str, mark: str) -> int:
    """The line on which a mark stands, from 1."""
    return text[: text.index(mark)].count("\n") + 1
