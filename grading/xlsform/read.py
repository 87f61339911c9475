"""Submissions of ODK and Kobo → audits: every answer through the same reading as a form's, everything that is wrong at once."""

import json
import re
from dataclasses import dataclass, replace

from grading.forms.findings import FormError, FormProblem
from grading.forms.read import FormReading
from grading.language.load import Library
from grading.model.audit import Audit
from grading.xlsform import names
from grading.xlsform.sources import refusal, submissions
from grading.xlsform.submission_reader import UNIT, Media, SubmissionReader

_OF_ROW = re.compile(r"units\[(?P<unit>\d+)\]\.groups\.(?P<group>\w+)\[(?P<row>\d+)\]\.(?P<fact>\w+)")


@dataclass(frozen=True)
class Submission:
    """One submission of an export: what it is called, and its audit, or everything that is wrong with it.

    `key` is what the server calls it by; `media` are the files that it names, in either case.
    """

    label: str
    reading: FormReading | None
    problems: tuple[FormProblem, ...] = ()
    key: str = ""
    media: tuple[Media, ...] = ()


def read_submissions(data: bytes, library: Library) -> tuple[Submission, ...]:
    """Every submission of an export; raises FormError when it is no export of a form that was written here."""
    found = submissions(data)
    if not any(UNIT.fullmatch(name) for answers in found for name in answers.values):
        raise refusal(
            f"这不是 .xlsx 工作簿，也不是 `grading form --xlsform` 生成的表单的提交：没有 u1{names.RULESET}；"
            "CSV 请按 XML 值（不是标签）导出"
        )
    made = []
    for number, answers in enumerate(found, start=1):
        label = f"第 {number} 份提交" + (f"（{answers.key}）" if answers.key else "")
        reader = SubmissionReader(answers, label, library)
        try:
            reading = reader.reading()
            media = tuple(replace(one, place=_by_key(one.place, reading.audit)) for one in reader.media)
            made.append(Submission(label, reading, key=answers.key, media=media))
        except FormError as error:
            made.append(Submission(label, None, error.problems, answers.key, tuple(reader.media)))
    return tuple(made)


def _by_key(place: str, audit: Audit) -> str:
    """A place with its row by the row's key: rows may come and go, their keys stay."""
    found = _OF_ROW.fullmatch(place)
    if found is None:
        return place
    row = audit.units[int(found["unit"])].groups[found["group"]][int(found["row"])]
    return f"units[{found['unit']}].groups.{found['group']}[{json.dumps(row.key, ensure_ascii=False)}].{found['fact']}"
