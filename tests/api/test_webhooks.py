"""Systems are told of events once each: signed, tried again with longer pauses, never inside a private network unasked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.access import unscoped
from api.services import webhooks, workflow
from api.services.webhooks.addresses import AddressError, check_url
from api.services.webhooks.make import make_due
from api.services.webhooks.send import ATTEMPTS, send_next, signature
from api.settings import Settings
from api.store import Audit, DeliveryState, WebhookDelivery
from grading import calendar
from tests.api.world import WORD, World, content

ALL = ["grade.published", "grade.taken_back", "appeal.filed", "appeal.decided", "batch.ended"]


class Receiver(BaseHTTPRequestHandler):
    """Answers with the statuses that it was given, the last one for ever."""

    statuses: list[int]
    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    got: list[tuple[dict[str, str], bytes]] = []
    handler = type("Of", (Receiver,), {"statuses": list(statuses), "got": got})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def allow_private(world: World) -> None:
    world.service.settings = world.service.settings.model_copy(update={"webhooks_private": True})


def publish(world: World) -> Audit:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    world.do("li", workflow.confirm, audit.id)
    return world.do("city", workflow.publish, audit.id)


def deliveries(world: World, hook: UUID) -> list[WebhookDelivery]:
    with world.service.database.reading() as db, unscoped(db):
        rows = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook).order_by(WebhookDelivery.id)
        return list(db.scalars(rows))


def test_each_event_of_the_area_is_told_once_and_signed(world: World) -> None:
    allow_private(world)
    publish(world)
    with receiver(200) as (url, got):
        hook = world.do("city", webhooks.create, url, ALL)
        far = world.do("elsewhere", webhooks.create, url, ALL)
        audit = publish(world)
        appeal = world.do("tyre", workflow.appeal, audit.id, "有异议")
        world.do("city", workflow.answer_appeal, appeal.id, upheld=True, answer="成立")
        world.do("city", workflow.withdraw, audit.id, WORD)
        assert make_due(world.service) == 4
        assert make_due(world.service) == 0
        while send_next(world.service):
            pass
    told = [json.loads(body) for _, body in got]
    # What was published before the webhook was registered, and what is elsewhere, is not told.
    assert [one["event"] for one in told] == [
        "grade.published",
        "appeal.filed",
        "appeal.decided",
        "grade.taken_back",
    ]
    assert told[0]["grade"]
    assert told[0]["enterprise"]["id"] == str(world.tyre)
    assert "有异议" not in got[1][1].decode()
    headers, body = got[0]
    secret = webhooks.secret_of(world.service.settings, hook.id)
    assert headers["x-grading-signature"] == f"v1={signature(secret, headers['x-grading-timestamp'], body)}"
    assert {one.state for one in deliveries(world, hook.id)} == {DeliveryState.SENT}
    assert deliveries(world, far.id) == []


def test_what_is_not_taken_is_tried_again_later_and_later_and_can_be_tried_anew_when_given_up(world: World) -> None:
    allow_private(world)
    with receiver(503) as (url, got):
        hook = world.do("city", webhooks.create, url, ["grade.published"])
        publish(world)
        make_due(world.service)
        moment, pauses = calendar.now(), []
        for _ in range(ATTEMPTS):
            with calendar.clock_at(moment):
                assert send_next(world.service)
                assert not send_next(world.service)
            (row,) = deliveries(world, hook.id)
            pauses.append(row.next_at - moment)
            moment = row.next_at
        assert pauses[0] >= timedelta(minutes=1)
        assert pauses == sorted(pauses)
        assert (row.state, row.answer, len(got)) == (DeliveryState.FAILED, "HTTP 503", ATTEMPTS)
        assert len({headers["x-grading-delivery"] for headers, _ in got}) == 1
        assert world.do("city", webhooks.retry, hook.id) == 1
        assert send_next(world.service)


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/",
        "https://127.0.0.1/",
        "https://10.0.0.8/hook",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://user:word@93.184.215.14/",
        "ftp://93.184.215.14/",
        "https:///nowhere",
    ],
)
def test_addresses_that_are_private_or_no_https_are_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_url(url, Settings())


def test_an_ended_webhook_is_told_nothing_more(world: World) -> None:
    allow_private(world)
    with receiver(200) as (url, got):
        hook = world.do("city", webhooks.create, url, ["grade.published"])
        publish(world)
        make_due(world.service)
        world.do("city", webhooks.end, hook.id)
        assert send_next(world.service)
        assert got == []
    (row,) = deliveries(world, hook.id)
    assert row.state is DeliveryState.FAILED
