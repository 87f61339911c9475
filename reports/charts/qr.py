"""A QR code as one path of squares."""

from dataclasses import dataclass

import segno

QUIET = 2


@dataclass(frozen=True)
class QrCode:
    """`size` modules a side with the quiet zone; `path` draws each run of dark modules as a stroke of width 1."""

    size: int
    path: str
    text: str


def qr_code(text: str) -> QrCode:
    """The QR code of a text; raises ValueError (segno.DataOverflowError) beyond 2,331 bytes."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    strokes = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                strokes.append(f"M{x + QUIET} {y + QUIET}.5h{run}")
            x += run + 1
    return QrCode(len(code.matrix) + 2 * QUIET, "".join(strokes), text)
