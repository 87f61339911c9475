"""Taking connections from a socket that other processes listen on too."""

import asyncio
import socket
from collections.abc import Callable

import structlog

PATIENCE_PER_CONNECTION, MOST_PATIENCE = 0.0003, 0.005
"""Seconds that a process leaves a new connection to others, for each that it has already, and at most."""
BACKLOG = 2048
RETRY_SECONDS = 1.0
log = structlog.get_logger("api.server")


class Acceptor:
    """Takes one connection at a time, and the later the more it has: whoever has fewest is first.

    An event loop's own server takes all that wait as soon as it wakes: thirty people who come together would be answered by
    one process, while another has nothing to do.
    """

    def __init__(
        self, listening: socket.socket, protocol: Callable[[], asyncio.Protocol], connections: Callable[[], int]
    ) -> None:
        """`connections` tells how many there are at the moment. Called within the event loop; begins at once."""
        self.listening, self.protocol, self.connections = listening, protocol, connections
        self.loop = asyncio.get_running_loop()
        self._waiting: asyncio.TimerHandle | None = None
        self._taken: set[asyncio.Task[object]] = set()
        listening.setblocking(False)
        listening.listen(BACKLOG)
        self.loop.add_reader(listening, self._on_waiting)

    def close(self) -> None:
        """Take no more."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self.listening.fileno() >= 0:
            self.loop.remove_reader(self.listening)
            self.listening.close()

    async def wait_closed(self) -> None:
        """Those that were taken are known to the server by then."""
        await asyncio.gather(*self._taken, return_exceptions=True)

    def _on_waiting(self) -> None:
        self.loop.remove_reader(self.listening)
        patience = min(self.connections() * PATIENCE_PER_CONNECTION, MOST_PATIENCE)
        self._waiting = self.loop.call_later(patience, self._take)

    def _take(self) -> None:
        self.loop.add_reader(self.listening, self._on_waiting)
        try:
            connection, _ = self.listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # Another process was first, or whoever came has gone.
            return
        except OSError as error:
            # Too many open files, say: whoever waits goes on waiting.
            log.error("connection not taken", error=str(error))
            self.loop.remove_reader(self.listening)
            self._waiting = self.loop.call_later(RETRY_SECONDS, self.loop.add_reader, self.listening, self._on_waiting)
            return
        connection.setblocking(False)
        task: asyncio.Task[object] = self.loop.create_task(self.loop.connect_accepted_socket(self.protocol, connection))
        self._taken.add(task)
        task.add_done_callback(self._taken.discard)
