"""Notices by e-mail: each is handed to the server once; what the server refuses for now is tried again."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from threading import Event

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.access import unscoped
from api.service import Service
from api.settings import Settings
from api.store import MailState, Notice, User
from api.store.base import now
from api.store.changes import UNRECORDED_COLUMNS

ATTEMPTS = 6
PAUSE = timedelta(minutes=1)
"""After the first failure; it doubles with each."""
TIMEOUT_SECONDS = 20
IDLE_SECONDS = 10.0
log = structlog.get_logger("api.notices")


def mail_until(service: Service, stop: Event) -> None:
    """Mail what waits until told to stop."""
    while not stop.is_set():
        try:
            busy = send_next(service)
        except SQLAlchemyError as error:
            # The database may be away: a thread that ended would mail nothing more and nobody would know.
            log.error("mail stopped", error=str(error))
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)


def send_next(service: Service) -> bool:
    """Send the notice that has waited longest and may be tried now; whether there was one.

    It is marked before it is handed over: when the process dies in between it is not known whether it went, and it is not
    sent a second time.
    """
    with service.database.writing() as db, unscoped(db):
        notice = next((row for row in _waiting(db) if _may_be_tried(row)), None)
        if notice is None:
            return False
        _mark(db, notice, MailState.SENDING, notice.mail_attempts + 1)
        user = db.get_one(User, notice.user_id)
        message = _message(service.settings, user, notice)
        notice_id, attempts = notice.id, notice.mail_attempts + 1
    try:
        if message is not None:
            _send(service.settings, message)
        state = MailState.NONE if message is None else MailState.SENT
    except smtplib.SMTPRecipientsRefused as error:
        log.warning("mail refused", notice=str(notice_id), error=str(error.recipients)[:200])
        state = MailState.FAILED
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail not sent", notice=str(notice_id), attempts=attempts, error=str(error)[:200])
        state = MailState.WAITING if attempts < ATTEMPTS else MailState.FAILED
    with service.database.writing() as db, unscoped(db):
        _mark(db, db.get_one(Notice, notice_id), state, attempts)
    return True


def _waiting(db: Session) -> list[Notice]:
    rows = select(Notice).where(Notice.mail == MailState.WAITING).order_by(Notice.id).limit(100)
    return list(db.scalars(rows.with_for_update(skip_locked=True)))


def _may_be_tried(notice: Notice) -> bool:
    if notice.mail_at is None:
        return True
    pause: timedelta = PAUSE * 2 ** (notice.mail_attempts - 1)
    return now() >= notice.mail_at + pause


def _mark(db: Session, notice: Notice, state: MailState, attempts: int) -> None:
    values = {"mail": state, "mail_attempts": attempts, "mail_at": now()}
    statement = update(Notice).where(Notice.id == notice.id).values(**values)
    db.execute(statement.execution_options(**{UNRECORDED_COLUMNS: True, "synchronize_session": False}))


def _message(settings: Settings, user: User, notice: Notice) -> EmailMessage | None:
    """The e-mail of a notice; None when the user no longer wants any, or is no longer there."""
    if user.email is None or not user.active:
        return None
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, user.email
    message["Subject"] = "绩效分级：" + notice.text[:60].replace("\n", " ").replace("\r", " ")
    # The same notice has the same id: a server that gets it twice can tell.
    message["Message-ID"] = f"<{notice.id}@{settings.mail_from.partition('@')[2]}>"
    where = f"\n\n{settings.public_url}{notice.link}" if settings.public_url else ""
    message.set_content(f"{notice.text}{where}\n\n本邮件由系统发出，请登录系统处理，不要回复。\n")
    return message


def _send(settings: Settings, message: EmailMessage) -> None:
    host, port = settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user is not None:
            password = settings.smtp_password
            server.login(settings.smtp_user, password.get_secret_value() if password is not None else "")
        server.send_message(message)
