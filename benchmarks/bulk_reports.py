"""How fast gap reports are made in bulk: `python -m benchmarks.bulk_reports [COUNT [JOBS]]`, by default 60 on 2 processes.

The shipped examples in turn. CPU time is that of all processes together, so that what else the machine does counts little;
plain table pages of the same number, made by one process in the same run, show how fast its processor is just now. Then one
process makes as many again and shows what memory it keeps.
"""

import os
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from benchmarks.report import EXAMPLES, plain_pages
from reports.archive import Archive
from reports.bulk import make_many
from reports.orders import Item, Order

ALLOWED = 12 * 60 * 2 / 1000
"""Seconds of a core for a report, when 1,000 are to be made in 12 minutes on two."""
WARM = 25


def items(count: int) -> Iterator[Item]:
    """The examples, over and over."""
    files = sorted(EXAMPLES.glob("*/*.json"))
    for number in range(count):
        file = files[number % len(files)]
        yield Item(f"{number + 1} {file.name}", file.read_bytes())


def cpu() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def resident() -> float:
    """The memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print what a report takes, beside plain pages, what 1,000 would take, and the memory of one process."""
    count, jobs = ([int(text) for text in sys.argv[1:]] + [60, 2][len(sys.argv) - 1 :])[:2]
    size = pages = 0
    start, before = time.perf_counter(), cpu()
    with Archive(BytesIO(), Order().ending) as archive:
        for part in make_many(items(count), Order(), jobs):
            archive.add(part)
            size += len(part.content or b"")
    wall, used = (time.perf_counter() - start), (cpu() - before)
    for number, part in enumerate(make_many(items(count), Order()), 1):
        if number <= WARM:
            pages += len(PdfReader(BytesIO(part.content or b"")).pages)
        if number in (WARM, count):
            print(f"one process after {number} reports: {resident():.0f} MB")
    of_each = round(pages / min(WARM, count))
    plain_pages(1)
    before = cpu()
    for _ in range(10):
        plain_pages(of_each)
    plain = (cpu() - before) / 10
    each = used / count
    print(
        f"{count} reports ({archive.failed} failed, {size / count / 1024:.0f} KB each) in {wall:.0f} s by {jobs} processes"
    )
    print(
        f"a report: {each:.2f} s of a core with start-up; {of_each} plain pages: {plain:.2f} s; ratio {each / plain:.2f}"
    )
    print(f"1,000 reports on 2 cores: {1000 * each / 2 / 60:.1f} minutes (allowed: 12, {ALLOWED:.2f} s each)")


if __name__ == "__main__":
    main()
