"""The record of an on-site check: all that was seen, what was not looked at, and room for everybody's signature."""

from io import BytesIO
from pathlib import Path

import page
from pypdf import PdfReader
from typer.testing import CliRunner

from grading.cli.main import app
from grading.forms.write import filled_form
from grading.intake import read_audit
from grading.model.audit import Audit
from grading.model.base import Mode
from reports.record.context import Record, Surroundings, record
from tests.shipped import ENGINE, LIBRARY

BRICK = Path(__file__).parents[3] / "examples" / "brick" / "liquan-two-kilns.json"


def _audit() -> Audit:
    return read_audit(BRICK.read_bytes(), LIBRARY)


def _record(audit: Audit, *, graded: bool) -> Record:
    rulesets = {unit.ruleset: LIBRARY.ruleset(unit.ruleset) for unit in audit.units}
    grading = ENGINE.grade(audit, Mode.OFFICIAL) if graded else None
    return record(audit, rulesets, grading, Surroundings(address="烟霞镇"))


def test_every_answer_of_the_audit_is_in_the_record_and_what_was_not_looked_at_is_named() -> None:
    audit = _audit()
    made = _record(audit, graded=False)
    for unit, shown in zip(audit.units, made.units, strict=True):
        labels = [answer.label for section in shown.sections for answer in section.answers]
        facts = LIBRARY.ruleset(unit.ruleset).facts
        known = {*unit.facts, *(id_ for id_ in audit.enterprise.facts if id_ in facts)}
        assert sorted(labels) == sorted(facts[id_].label for id_ in known)
        opens = [label for section in shown.sections for label in section.open]
        stated = [id_ for id_ in known if (entry := audit.known(unit, id_)) and entry.value is not None]
        assert len(opens) + len(stated) == sum(fact.group is None for fact in facts.values())
        rows = {table.label: table.rows for table in shown.tables}
        assert [row.key for row in rows["有组织排放口"] or ()] == [row.key for row in unit.groups["outlets"]]


def test_findings_are_what_is_not_met_and_only_of_what_was_graded() -> None:
    audit = _audit()
    assert [unit.findings for unit in _record(audit, graded=False).units] == [(), ()]
    findings = _record(audit, graded=True).units[0].findings
    assert any(text.startswith("一年内有环境违法受罚记录") for text in findings)


def test_it_is_printed_from_an_audit_and_from_the_workbook_alike(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(filled_form(_audit(), LIBRARY))
    for source, target in ((BRICK, "a.html"), (tmp_path / "form.xlsx", "b.html"), (BRICK, "a.pdf")):
        done = CliRunner().invoke(app, ["record", str(source), "-o", str(tmp_path / target), "--address", "烟霞镇"])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "a.html").read_text() == (tmp_path / "b.html").read_text()
    content = (tmp_path / "a.pdf").read_bytes()
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(content, profile=profile).failures == []
    pdf = PdfReader(BytesIO(content))
    assert {tuple(round(float(side)) for side in one.mediabox[2:]) for one in pdf.pages} == {(595, 842)}
    assert read_audit(pdf.attachments["audit.json"][0], LIBRARY) == _audit()
    text = "".join(one.extract_text() for one in pdf.pages)
    for wanted in ("专家一", "专家二", "企业负责人签字", "盖章", "烟霞镇"):
        assert wanted in text
