"""A process that answers on a socket it was handed: `python -m api.server DESCRIPTOR`.

It stops, as if it were told to, when whoever holds its standard input open is gone.
"""

import os
import signal
import socket
import sys
from threading import Thread


def stop_when_left_alone() -> None:
    """Stop when standard input ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    # Before anything large is imported: whoever started this may be gone by then.
    Thread(target=stop_when_left_alone, name="stdin", daemon=True).start()
    from api.server.asgi import serve
    from api.service import make_service
    from api.settings import load

    serve(make_service(load()), socket.socket(fileno=int(sys.argv[1])))
