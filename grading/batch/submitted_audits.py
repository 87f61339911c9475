"""Submissions of ODK and Kobo as whole audits, with the photos and files that were exported beside them."""

from collections.abc import Sequence
from pathlib import PurePath

from grading.batch.layout import Reject
from grading.batch.whole_audits import Attached, WholeAudit, WholeAudits
from grading.forms.findings import FormProblem
from grading.language.load import Library
from grading.xlsform.media import MediaFiles
from grading.xlsform.names import RULESET
from grading.xlsform.read import Submission, read_submissions
from grading.xlsform.sources import is_workbook, refusal

Files = Sequence[tuple[str, bytes]]
COUNTED = "份提交"
MOST_NAMED = 20


def is_submissions(files: Files) -> bool:
    """True when files are an export of submissions, and not tables or lines of audits."""
    return any(_kind(name) in (".json", ".zip") or _is_export_csv(name, data) for name, data in files)


def export_first(files: Files) -> list[tuple[str, bytes]]:
    """The files with those of submissions before photos and archives of photos."""
    return sorted(files, key=lambda file: not _is_export(*file))


def submitted_audits(library: Library, files: Files) -> WholeAudits:
    """The audits of an export with its media, and everything that is wrong. Raises FormError for what is no export."""
    name, data = _export(files)
    media = MediaFiles()
    for other, content in files:
        if other != name or content.startswith(b"PK"):
            media.add(other, content)
    found = WholeAudits(counted=COUNTED)
    for number, one in enumerate(read_submissions(data, library), start=1):
        found.rejects += [_reject(name, number, one, problem) for problem in one.problems]
        attached = _attached(name, number, one, media, found)
        if one.reading is not None:
            audit = one.reading.audit
            found.notices += [Reject(name, number, None, "", said) for said in one.reading.warnings]
            found.audits.append(WholeAudit(name, number, audit, (number,) * len(audit.units), attached))
    if left := media.unnamed:
        more = f"等 {len(left)} 个" if len(left) > MOST_NAMED else ""
        said = f"没有提交提到这些文件，没有保存：{'、'.join(left[:MOST_NAMED])}{more}"
        found.notices.append(Reject(name, 0, None, "", said))
    return found


def _export(files: Files) -> tuple[str, bytes]:
    """The file of the submissions among photos and archives of photos. Raises FormError."""
    exports = [file for file in files if _is_export(*file)]
    if len(exports) == 1:
        return exports[0]
    listed = "、".join(name for name, _ in exports)
    if exports:
        raise refusal(f"一次只能上传一份导出，现有 {len(exports)} 份：{listed}；几张表格的 CSV 请放在一个 ZIP 里")
    raise refusal("没有提交的数据：请连同 JSON、CSV 或含 CSV 的 ZIP 一起上传，只有照片不行")


def _kind(name: str) -> str:
    return PurePath(name).suffix.lower()


def _is_export(name: str, data: bytes) -> bool:
    """True of a file that holds submissions, whatever else it holds."""
    return _kind(name) == ".json" or _is_export_csv(name, data) or (_kind(name) == ".zip" and not is_workbook(data))


def _is_export_csv(name: str, data: bytes) -> bool:
    """True of a CSV file with the column that every submission has, or one of a repeat."""
    head = data[:65_536].partition(b"\n")[0]
    return _kind(name) == ".csv" and (RULESET.encode() in head or b"PARENT_KEY" in head)


def _attached(name: str, number: int, one: Submission, media: MediaFiles, found: WholeAudits) -> tuple[Attached, ...]:
    """The files that a submission names; those that aren't there are told in `found`."""
    files: list[Attached] = []
    for file in one.media:
        content = media.of(file.name, one.key)
        if isinstance(content, str):
            found.rejects.append(Reject(name, number, None, file.place, content, file.label))
        else:
            files.append(Attached(file.place, file.name, content))
    return tuple(files)


def _reject(name: str, number: int, one: Submission, problem: FormProblem) -> Reject:
    spot = problem.spot
    shown = "" if spot is None else f"{spot.sheet.removeprefix(one.label)} {spot.label}".strip()
    given = f"；所填：“{problem.given[:60]}”" if problem.given and problem.given not in problem.message else ""
    return Reject(name, number, None, problem.place, f"{problem.message}{given}", shown)
