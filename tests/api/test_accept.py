"""Processes that listen on one socket share out who comes."""

import asyncio
import socket

import pytest

from api.server import accept
from api.server.accept import Acceptor


class Held(asyncio.Protocol):
    """A connection that nothing is done with."""

    def __init__(self, held: list["Held"]) -> None:
        held.append(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


async def come(already: tuple[int, int], count: int) -> tuple[int, int]:
    """How many of so many connections each of two listeners gets that have some already."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        held: tuple[list[Held], list[Held]] = ([], [])
        listeners = [
            Acceptor(listening.dup(), lambda mine=mine: Held(mine), lambda mine=mine, had=had: had + len(mine))  # type: ignore[misc]
            for mine, had in zip(held, already, strict=True)
        ]
        opened = [await asyncio.open_connection(*listening.getsockname()) for _ in range(count)]
        while sum(map(len, held)) < count:
            await asyncio.sleep(0.01)
        for each in listeners:
            each.close()
            await each.wait_closed()
    for _, writer in opened:
        writer.close()
    for one in (*held[0], *held[1]):
        one.transport.close()
    await asyncio.sleep(0)
    return len(held[0]), len(held[1])


def test_who_has_fewer_connections_takes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    # Long enough that a busy machine does not make up for it.
    monkeypatch.setattr(accept, "PATIENCE_PER_CONNECTION", 0.01)
    monkeypatch.setattr(accept, "MOST_PATIENCE", 2.0)
    assert asyncio.run(come((200, 0), 8)) == (0, 8)


def test_who_have_the_same_share_evenly() -> None:
    some, others = asyncio.run(come((0, 0), 30))
    assert some + others == 30
    assert min(some, others) >= 10
