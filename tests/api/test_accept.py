"""Processes that listen on one socket share out who comes. Time is counted here, not waited for."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any
from unittest.mock import Mock

import pytest

from api.server.accept import MOST_PATIENCE, PATIENCE_PER_CONNECTION, RETRY_SECONDS, Acceptor


class CountedLoop:
    """What an `Acceptor` needs of an event loop, on a clock of its own: equal times are served in the order of asking."""

    def __init__(self) -> None:
        self.now, self.number = 0.0, count()
        self.readers: dict[int, Callable[[], None]] = {}
        self.timers: list[tuple[float, int, Callable[[], None]]] = []

    def add_reader(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        self.readers[listening.fileno()] = ready

    def remove_reader(self, listening: socket.socket) -> None:
        self.readers.pop(listening.fileno(), None)

    def call_later(self, delay: float, call: Callable[..., None], *args: Any) -> Mock:
        heappush(self.timers, (self.now + delay, next(self.number), lambda: call(*args)))
        return Mock()

    def connect_accepted_socket(self, protocol: Callable[[], object], connection: socket.socket) -> None:
        protocol()
        connection.close()

    def create_task(self, _: None) -> Mock:
        return Mock()

    def come(self) -> None:
        """Somebody waits: all who look are told, then the next of those who wait has its turn."""
        for ready in list(self.readers.values()):
            ready()
        self.turn()

    def turn(self) -> None:
        """The next timer."""
        self.now, _, call = heappop(self.timers)
        call()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> CountedLoop:
    made = CountedLoop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        yield made


def shared_out(
    loop: CountedLoop, listening: socket.socket, already: tuple[int, int], coming: int, at_once: int
) -> tuple[int, int]:
    """How many of so many connections each of two listeners gets that have some already."""
    held: tuple[list[object], list[object]] = ([], [])
    listeners = [
        Acceptor(
            listening.dup(),
            lambda mine=mine: mine.append(object()),  # type: ignore[misc]
            lambda mine=mine, had=had: had + len(mine),  # type: ignore[misc]
        )
        for mine, had in zip(held, already, strict=True)
    ]
    opened = []
    for _ in range(coming // at_once):
        opened += [socket.create_connection(listening.getsockname()) for _ in range(at_once)]
        while sum(map(len, held)) < len(opened):
            loop.come()
        while loop.timers:
            loop.turn()
    for one in (*listeners, *opened):
        one.close()
    return len(held[0]), len(held[1])


def test_who_has_fewer_connections_takes_the_next(loop: CountedLoop, listening: socket.socket) -> None:
    assert shared_out(loop, listening, (9, 0), 8, at_once=1) == (0, 8)


def test_who_have_the_same_share_evenly(loop: CountedLoop, listening: socket.socket) -> None:
    assert shared_out(loop, listening, (0, 0), 30, at_once=30) == (15, 15)


@pytest.mark.parametrize(("connections", "seconds"), [(0, 0), (4, 4 * PATIENCE_PER_CONNECTION), (999, MOST_PATIENCE)])
def test_a_connection_is_left_to_others_the_longer_the_more_there_are(
    loop: CountedLoop, listening: socket.socket, connections: int, seconds: float
) -> None:
    acceptor = Acceptor(listening, Mock(), lambda: connections)
    loop.readers[listening.fileno()]()
    assert [when for when, _, _ in loop.timers] == [seconds]
    acceptor.close()


def test_who_finds_nobody_any_more_looks_out_again(loop: CountedLoop, listening: socket.socket) -> None:
    protocol = Mock()
    acceptor = Acceptor(listening, protocol, lambda: 0)
    loop.come()
    assert protocol.call_count == 0
    assert listening.fileno() in loop.readers
    acceptor.close()


def test_who_can_open_nothing_more_waits_and_looks_out_again(loop: CountedLoop) -> None:
    full = Mock(**{"fileno.return_value": 7, "accept.side_effect": OSError(24, "Too many open files")})
    Acceptor(full, Mock(), lambda: 0)
    loop.come()
    assert 7 not in loop.readers
    assert [when for when, _, _ in loop.timers] == [RETRY_SECONDS]
    loop.turn()
    assert 7 in loop.readers
