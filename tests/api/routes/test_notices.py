"""Notices: who must act is told once, reading is recorded, and what is mailed goes once, again only where it was refused."""

import smtplib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.access import unscoped
from api.service import Service
from api.services import workflow
from api.services.notices import NoticeMaker, mail
from api.services.notices.occasions import _endings, _of_plan
from api.services.notices.recipients import recipients
from api.services.verification import verify_records
from api.store import MailState, Notice, NoticeKind
from grading import calendar
from grading.campaign.model import Period
from tests.api.routes.conftest import Ask
from tests.api.world import Furnished, content

K = NoticeKind


def kinds(ask: Ask, login: str) -> list[str]:
    return sorted(item["kind"] for item in ask(login, "GET", "/notices?unread=true").json()["items"])


def test_who_must_act_is_told_once_and_nobody_else(ask: Ask, furnished: Furnished) -> None:
    world, maker = furnished.world, NoticeMaker(furnished.world.service)
    assert kinds(ask, "tyre") == ["grading_published"]
    assert (kinds(ask, "city"), kinds(ask, "li"), kinds(ask, "county")) == ([], [], [])
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    assert maker.make_due() == 1
    assert (kinds(ask, "li"), kinds(ask, "wang")) == (["audit_to_confirm"], [])
    world.do("li", workflow.confirm, audit.id)
    assert (maker.make_due(), maker.make_due(), NoticeMaker(world.service).make_due()) == (1, 0, 0)
    # The nearest bureau is told, not those above it.
    assert (kinds(ask, "county"), kinds(ask, "city"), kinds(ask, "zhao")) == (["audit_to_publish"], [], [])


def test_reading_is_recorded_and_stays_as_it_was_first(ask: Ask, furnished: Furnished) -> None:
    path = f"/notices/{furnished.ids['tyre']['notice_id']}/reading"
    first = ask("tyre", "PUT", path).json()["read_at"]
    assert first is not None
    assert ask("tyre", "PUT", path).json()["read_at"] == first
    assert kinds(ask, "tyre") == []
    assert ask("foundry", "PUT", path).status_code == 404
    with furnished.world.service.database.reading() as db:
        assert verify_records(db).findings == ()


@pytest.mark.parametrize(
    ("measures", "today", "told"),
    [
        ("[]", date(2023, 4, 22), []),
        ("[]", date(2023, 4, 23), [(K.PLAN_DUE, "2023-04-30")]),
        ("[]", date(2023, 5, 1), [(K.PLAN_DUE, "2023-04-30/late")]),
        ('[{"finish": "2023-06-30", "text": "滤袋"}]', date(2023, 6, 30), []),
        (
            '[{"finish": "2023-06-30", "text": "a"}, {"finish": "2023-06-30", "text": "b"}]',
            date(2023, 7, 1),
            [(K.MEASURE_OVERDUE, "2023-06-30")],
        ),
        ('[{"finish": "2023-06-30", "text": "a", "done_percent": 100}]', date(2023, 7, 1), []),
    ],
)
def test_plans_are_told_of_before_and_after_they_are_due(
    furnished: Furnished, measures: str, today: date, told: list[tuple[NoticeKind, str]]
) -> None:
    del furnished
    period = Period.model_validate({"start": date(2023, 3, 1), "deadline": date(2023, 10, 31)})
    document: Any = type("Document", (), {"title": "行动", "period": period.model_copy(update={"plans_due": DUE})})
    found = [*_of_plan(document, UUID(int=1), measures, (UUID(int=2),), today)]
    assert [(one.kind, one.subject.partition("/")[2]) for one in found] == told


DUE = date(2023, 4, 30)


def test_a_rating_is_told_of_before_its_edition_is_superseded(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, today = furnished.world.service, calendar.today()
    library = service.grader.library
    rubber = library.ruleset("national-2020/rubber")
    end = today + timedelta(days=30)
    edition = rubber.edition.model_copy(update={"superseded": end})
    monkeypatch.setattr(type(library), "ruleset", lambda *_: rubber.model_copy(update={"edition": edition}))
    with service.database.reading() as db, unscoped(db):
        found = [*_endings(service, db, recipients(db, today), today)]
        later = [*_endings(service, db, recipients(db, today), end)]
    assert {(one.kind, one.due) for one in found} == {(K.RATING_ENDING, end)}
    assert furnished.world.users["tyre"] in found[0].to
    assert later == []


class Server:
    """A mail server that refuses as often as it is told to."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.got = refusals, list[Any]()

    def __call__(self, *_: Any, **__: Any) -> "Server":
        return self

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send_message(self, message: Any) -> None:
        if self.refusals:
            self.refusals -= 1
            raise smtplib.SMTPServerDisconnected("later")
        self.got.append(message)


def mailing(furnished: Furnished) -> Service:
    service = furnished.world.service
    return replace(service, settings=service.settings.model_copy(update={"smtp_host": "127.0.0.1"}))


def test_a_notice_is_mailed_once_and_again_only_after_a_refusal(
    ask: Ask, furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, service, server = furnished.world, mailing(furnished), Server(refusals=1)
    monkeypatch.setattr(smtplib, "SMTP", server)
    assert ask("li", "PUT", "/me/email", json={"email": "not one"}).status_code == 422
    assert ask("li", "PUT", "/me/email", json={"email": "li@example.com"}).status_code == 204
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    assert NoticeMaker(service).make_due() == 1
    assert mail.send_next(service)
    # Not yet again: it waits for its time.
    assert not mail.send_next(service)
    monkeypatch.setattr(mail, "PAUSE", timedelta(0))
    assert mail.send_next(service)
    assert not mail.send_next(service)
    assert [message["To"] for message in server.got] == ["li@example.com"]
    with service.database.reading() as db, unscoped(db):
        (notice,) = db.scalars(select(Notice).where(Notice.mail != MailState.NONE))
        assert (notice.mail, notice.mail_attempts) == (MailState.SENT, 2)
        assert verify_records(db).findings == ()


def test_what_a_dead_process_was_sending_is_not_sent_again(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, server = mailing(furnished), Server(refusals=0)
    monkeypatch.setattr(smtplib, "SMTP", server)
    with service.database.writing() as db, unscoped(db):
        for notice in db.scalars(select(Notice)):
            notice.mail = MailState.SENDING
    assert not mail.send_next(service)
    assert server.got == []
