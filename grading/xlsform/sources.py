"""Exports of ODK and Kobo → submissions: answers by the names of their questions, and the rows of repeats.

Read are JSON (of ODK Central with its repeats, of Kobo), a CSV file without repeats, and a ZIP with a CSV file for the form and
one for each repeat. Groups around a question are part of its column's head, and are left aside.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from grading.forms.findings import FormError, FormProblem
from grading.intake import AuditError, parse_json, repeated_keys
from grading.language.problems import place_of
from grading.xlsform.names import MORE, ROWS, RULESET

MAX_FILES, MAX_UNPACKED = 10_000, 100_000_000
"""Files of an archive, and bytes of its CSV files unpacked."""
_STEP = re.compile(r"[/\-.]")
_OF_THE_SERVER = re.compile(
    r"_.*|meta|__.*|KEY|PARENT_KEY|SET-OF-.*|SubmissionDate|SubmitterID|SubmitterName|Attachments\w+|Status|ReviewState|"
    r"DeviceID|Edits|FormVersion|instanceID|instanceName|uuid|rootUuid|start|end|deviceid"
)
"""Fields that ODK Central, Kobo and the phone add to each submission; nobody answers them."""
NAVIGATION = "@odata.navigationLink"
"""Ends the name of a repeat whose rows were not asked for."""


@dataclass
class Answers:
    """The answers and rows of one submission, or of one row of a repeat, by name.

    `options` are the columns in which some exports tell each option of a question apart; `doubled` are names that stand there
    twice with different answers, `absent` repeats whose rows are not part of the export.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list["Answers"]] = field(default_factory=dict)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    key: str = ""

    def put(self, head: str, value: Any) -> None:
        """Note an answer under its own name, the last step of a column's head."""
        if _OF_THE_SERVER.fullmatch(head) or head.partition("/")[0] in ("meta", "formhub"):
            if head in ("KEY", "_uuid", "__id", "_id", "instanceID") and value and not self.key:
                self.key = str(value)
            return
        *groups, name = _STEP.split(head)
        if head.count("/") and groups and _is_option(groups[-1], name):
            self.options.setdefault(groups[-1], {})[name] = value
        elif name in self.values and value not in (None, "", self.values[name]) and self.values[name] not in (None, ""):
            self.doubled.append(name)
        elif value not in (None, "") or name not in self.values:
            self.values[name] = value


def _is_option(group: str, name: str) -> bool:
    """True of `u1_processes/mixing`: names of questions begin with their unit's, options don't."""
    return re.match(r"(u\d+|e)_", group) is not None and "__screen" not in group and not re.match(r"(u\d+|e)_", name)


def is_workbook(data: bytes) -> bool:
    """True of what is no export of submissions: a workbook, or a file of which it is to be said that it is none."""
    if not data.startswith(b"PK"):
        return not _looks_like_text(data)
    with suppress(zipfile.BadZipFile, NotImplementedError):
        return not any(name.lower().endswith(".csv") for name in zipfile.ZipFile(io.BytesIO(data)).namelist())
    return True


def _looks_like_text(data: bytes) -> bool:
    """True of JSON, and of a first line with the column that every submission has."""
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text[:1] in (b"{", b"[") or RULESET.encode() in text.partition(b"\n")[0] or b"PARENT_KEY" in text[:200]


def submissions(data: bytes) -> list[Answers]:
    """All submissions of an export; raises FormError when it is none."""
    if data.startswith(b"PK"):
        return _archive(data)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    found = _json(data) if text[:1] in (b"{", b"[") else _csv_alone(data)
    if not found:
        raise refusal("文件中没有提交")
    return found


def refusal(message: str) -> FormError:
    """A file that can't be read at all."""
    return FormError([FormProblem("", None, "", message)], can_mark=False)


def _json(data: bytes) -> list[Answers]:
    try:
        document = parse_json(data)
    except AuditError as error:
        raise refusal(str(error.problems[0].message)) from None
    if twice := [place_of(path) for path in repeated_keys(document)]:
        raise refusal(f"JSON 中有的键写了两次，不知以哪个为准：{'、'.join(twice[:20])}")
    if isinstance(document, dict):
        listed = next(
            (document[key] for key in ("value", "results") if isinstance(document.get(key), list)), [document]
        )
    else:
        listed = document
    if not all(isinstance(one, dict) for one in listed):
        raise refusal("JSON 中的提交应为对象")
    return [_answers(one) for one in listed]


def _answers(document: Mapping[str, Any]) -> Answers:
    found = Answers()
    _gather(document, found)
    return found


def _gather(document: Mapping[str, Any], found: Answers) -> None:
    for head, value in document.items():
        name = _STEP.split(head)[-1]
        if head.endswith(NAVIGATION):
            name = head.removesuffix(NAVIGATION)
            if name not in document:
                found.absent.append(name)
        elif head.startswith(("_", "@")):
            found.put(head, value)
        elif isinstance(value, dict):
            _gather(value, found)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            if not all(isinstance(one, dict) for one in value):
                raise refusal(f"“{head}”是表格，各行应为对象；有一行不是，不能读取")
            rows = [_answers(one) for one in value]
            found.rows.setdefault(name, []).extend(rows)
        elif isinstance(value, list) and not value and name.endswith((ROWS, MORE)):
            found.rows.setdefault(name, [])
        elif isinstance(value, list):
            found.put(head, value or None)
        else:
            found.put(head, value)


def _archive(data: bytes) -> list[Answers]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        files = archive.infolist()
        if len(files) > MAX_FILES:
            raise refusal(f"压缩包中有 {len(files):,} 个文件，最多 {MAX_FILES:,} 个")
        tables = [one for one in files if one.filename.lower().endswith(".csv")]
        if sum(one.file_size for one in tables) > MAX_UNPACKED:
            raise refusal(f"压缩包中的 CSV 解开后超过 {MAX_UNPACKED:,} 字节")
        stems = [PurePosixPath(one.filename).stem for one in tables]
        if doubled := sorted({stem for stem in stems if stems.count(stem) > 1}):
            raise refusal(f"压缩包中有同名的 CSV：{'、'.join(doubled)}；请只压缩一次导出的文件")
        read = {stem: _rows(archive.read(one)) for stem, one in zip(stems, tables, strict=True)}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise refusal(f"压缩包不能读取：{error}") from None
    heads = {name: rows for name, (head, rows) in read.items() if "PARENT_KEY" not in head}
    if len(heads) != 1:
        names = "、".join(heads) or "没有"
        raise refusal(f"压缩包中应有一个表单的 CSV（不含 PARENT_KEY 列），现有：{names}；请把一个表单的导出原样压缩")
    (main,) = heads.values()
    found = [_line(row) for row in main]
    keys = [answers.key for answers in found if answers.key]
    if again := sorted({key for key in keys if keys.count(key) > 1}):
        raise refusal(f"有几份提交的 KEY 相同，表格的行不知属于哪一份：{'、'.join(again[:20])}；请删去重复的提交")
    by_key = {answers.key: answers for answers in found if answers.key}
    waiting = {name: rows for name, (head, rows) in read.items() if "PARENT_KEY" in head}
    for name, rows in waiting.items():
        repeat = name.rpartition("-")[2]
        for row in rows:
            parent = by_key.get(row.get("PARENT_KEY") or "")
            if parent is None:
                raise refusal(
                    f"{name}.csv 中有一行的 PARENT_KEY（{row.get('PARENT_KEY')}）不是任何一份提交；导出不完整"
                )
            parent.rows.setdefault(repeat, []).append(_line(row))
    return found


def _csv_alone(data: bytes) -> list[Answers]:
    head, rows = _rows(data)
    if "PARENT_KEY" in head:
        raise refusal("这是一张表格（repeat）的 CSV；请把导出的全部 CSV 放在一个 ZIP 中读取")
    return [_line(row) for row in rows]


def _line(row: Mapping[str, str]) -> Answers:
    found = Answers()
    for head, value in row.items():
        found.put(head, value)
    return found


def _rows(data: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The head and the rows of a CSV file, as texts; semicolons are read too, as Kobo writes them, and tabs."""
    text = _decoded(data)
    first = text.partition("\n")[0]
    separator = max((",", ";", "\t"), key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise refusal(f"CSV 不能读取：{error}") from None
    if not lines:
        raise refusal("CSV 是空的")
    head = [name.strip() for name in lines[0]]
    doubled = sorted({name for name in head if name and head.count(name) > 1})
    if doubled:
        raise refusal(f"CSV 中有同名的列：{'、'.join(doubled)}")
    if len(lines) > 1 and len(lines[-1]) < len(head) and not text.endswith(("\n", "\r")):
        raise refusal(f"CSV 的最后一行不完整（{len(lines[-1])} 格，表头有 {len(head)} 格），文件可能被截断；请重新导出")
    return head, list(_dicts(head, lines[1:]))


def _decoded(data: bytes) -> str:
    """The text of a CSV file: UTF-8, or GB 18030, in which spreadsheets in China save it."""
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise refusal("CSV 既不是 UTF-8 也不是 GB 18030 编码的文本；请重新导出，或另存为“CSV UTF-8（逗号分隔）”")


def _dicts(head: list[str], lines: list[list[str]]) -> Iterator[dict[str, str]]:
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        if len(line) > len(head):
            raise refusal(f"CSV 第 {number} 行有 {len(line)} 格，多于表头的 {len(head)} 格")
        yield dict(zip(head, line, strict=False))
