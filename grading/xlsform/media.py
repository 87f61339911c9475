"""Photos and files that were exported beside submissions: found by the names that answers have of them."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grading.xlsform.sources import MAX_FILES, refusal

MAX_UNPACKED = 150_000_000
"""Bytes of all files of an upload, unpacked."""
_NO_MEDIA = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$)")


@dataclass
class _File:
    path: str
    name: str
    content: bytes
    named: bool = False


@dataclass
class MediaFiles:
    """The files of an upload; whether an answer names them is noted as they are asked for."""

    files: list[_File] = field(default_factory=list)
    size: int = 0

    def add(self, name: str, content: bytes) -> None:
        """A file of its own, or an archive of files. Raises FormError."""
        if content.startswith(b"PK") and name.lower().endswith(".zip"):
            self._unpack(name, content)
        else:
            self._keep(name, content)

    def of(self, name: str, key: str) -> bytes | str:
        """The content of the file that a submission (by its key) names; else why it can't be told."""
        same = [one for one in self.files if one.name == name]
        same = same or [one for one in self.files if _plain(one.name) == _plain(name)]
        for one in same:
            one.named = True
        contents = {one.content for one in same}
        if len(contents) > 1 and (bare := key.removeprefix("uuid:")):
            # Of several submissions with files of one name, each has a folder called by its key.
            contents = {one.content for one in same if bare in PurePosixPath(one.path).parts} or contents
        if not contents:
            return f"文件“{name}”不在上传的照片、压缩包里；请连同导出的照片（media）一起上传"
        if len(contents) > 1:
            return f"上传的文件里有 {len(contents)} 个不同的“{name}”，不知道是哪一个；请保留导出的压缩包里的文件夹"
        return contents.pop()

    @property
    def unnamed(self) -> list[str]:
        """The names of files that no answer names."""
        return [one.name for one in self.files if not one.named]

    def _unpack(self, name: str, content: bytes) -> None:
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
            listed = [one for one in archive.infolist() if not one.is_dir()]
            if len(listed) > MAX_FILES:
                raise refusal(f"{name} 中有 {len(listed):,} 个文件，最多 {MAX_FILES:,} 个")
            for one in listed:
                path = _decoded(one)
                if path.lower().endswith(".csv") or _NO_MEDIA.search(path):
                    continue
                self._room(one.file_size)
                self._keep(path, archive.read(one))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise refusal(f"{name} 不能读取：{error}") from None

    def _keep(self, path: str, content: bytes) -> None:
        self._room(len(content))
        self.size += len(content)
        self.files.append(_File(path, PurePosixPath(path.replace("\\", "/")).name, content))

    def _room(self, size: int) -> None:
        if self.size + size > MAX_UNPACKED:
            raise refusal(f"照片和文件解开后合计超过 {MAX_UNPACKED // 1_000_000} MB；请分几次导出、上传")


def _decoded(one: zipfile.ZipInfo) -> str:
    """A name in an archive; those that say no encoding and are none of ASCII were mostly written on Windows in Chinese."""
    if one.flag_bits & 0x800 or one.filename.isascii():
        return one.filename
    try:
        return one.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return one.filename


def _plain(name: str) -> str:
    """A name as Kobo keeps files: without what it takes out of names."""
    return re.sub(r"[^\w.-]", "", name.strip().replace(" ", "_")).casefold()
