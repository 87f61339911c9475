"""A worker that the service has started: `python -m api.jobs`. It ends with whoever holds its standard input open."""

import os
import sys
from threading import Thread


def end_when_left_alone() -> None:
    """End at once when standard input does: what is half done is gone on with when the next worker starts."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    # Before anything large is imported: whoever started this may be gone by then.
    Thread(target=end_when_left_alone, name="stdin", daemon=True).start()
    from api.jobs.process import main

    main()
