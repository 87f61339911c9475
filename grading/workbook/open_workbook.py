"""Opens a workbook from outside: only an xlsx of bearable size, or a clear error (in Chinese, for people)."""

import io
import warnings
import zipfile

from openpyxl import Workbook, load_workbook

from grading.spreadsheet.workbook import SpreadsheetFile, WorkbookError
from grading.workbook.limits import MAX_CELLS, PartCounter

MAX_FILE = 10_000_000
MAX_UNPACKED = 40_000_000
MAX_PARTS = 2_000
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def open_workbook(data: bytes, *, runs: bool = False) -> Workbook:
    """The workbook in `data`, with `runs` of texts that have several. Raises WorkbookError."""
    check_workbook(data)
    try:
        with warnings.catch_warnings():
            # What openpyxl does not keep (extensions of newer programs) is of no concern to the answers.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), keep_links=False, rich_text=runs)
    except Exception as error:  # noqa: BLE001  a damaged workbook makes openpyxl raise nearly anything
        message = str(error).split("\n")[0][:120]
        raise WorkbookError(f"工作簿已损坏，无法打开（{type(error).__name__}：{message}）") from None


def check_workbook(data: bytes) -> None:
    """Refuse what is no xlsx of bearable size. Raises WorkbookError."""
    _check_file(data)
    # What openpyxl would read wrongly without a word is refused here.
    SpreadsheetFile(io.BytesIO(data)).archive.close()


def _check_file(data: bytes) -> None:
    if len(data) > MAX_FILE:
        raise WorkbookError(f"文件有 {len(data):,} 字节，核查表不超过 {MAX_FILE:,} 字节")
    if data.startswith(_OLE):
        raise WorkbookError("这是旧版 .xls 或加了密码的工作簿；请去掉密码，另存为“Excel 工作簿（.xlsx）”")
    if not data.startswith(_ZIP):
        raise WorkbookError("这不是 .xlsx 工作簿；请交回 `grading form` 生成的核查表（.xlsx）")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise WorkbookError("工作簿已损坏，无法解压；请重新保存或重新传送一次") from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise WorkbookError("这个压缩包不是 Excel 工作簿（.xlsx）")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookError("工作簿带有宏；请另存为不带宏的“Excel 工作簿（.xlsx）”")
    if len(parts) > MAX_PARTS or len(names) != len(parts):
        raise WorkbookError("工作簿的内部结构不正常（部件过多或重名）")
    # A part is never unpacked beyond the size that the directory states, so these sizes bound what is read.
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise WorkbookError(f"工作簿解压后超过 {MAX_UNPACKED:,} 字节，不像是核查表")
    counter = PartCounter(MAX_CELLS)
    for part in parts:
        text = archive.read(part)
        if b"<!DOCTYPE" in text.replace(b"\0", b"") or b"<!ENTITY" in text.replace(b"\0", b""):
            raise WorkbookError("工作簿中含有外部定义（DOCTYPE），不予读取")
        problem = counter.add(text)
        if problem is not None:
            raise WorkbookError(problem)
