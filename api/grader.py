"""Grades with the rulesets of today, and again with the rulesets of any earlier day, which are kept by digest."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.lru import LruCache
from api.policies import Policies
from api.problems import ErrorAt, Problem, invalid_audit
from api.store import DraftRuleset, EditionProposal, ProposalState, StoredRuleset
from grading.columns.grade import ColumnGrader
from grading.digest import canonical
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine, ruleset_digest
from grading.engine.rules import NetworkError
from grading.intake import AuditError, read_audit
from grading.language.load import Library
from grading.language.problems import LanguageError, why_unusable
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of

ENGINES, RULESETS = 8, 64
"""So many engines, and rulesets with their graders in columns, stay in memory."""


_SIGNED = select(EditionProposal.signed_id, EditionProposal.signed_digest, EditionProposal.state).where(
    EditionProposal.signed_id.is_not(None)
)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class StoredLibrary(Library):
    """Rulesets that come from the store instead of from files."""

    def __init__(self, rulesets: Mapping[str, Ruleset]) -> None:
        super().__init__(Path("/nowhere"))
        self._rulesets = rulesets

    def ids(self) -> tuple[str, ...]:
        """The ids of the rulesets that it was given."""
        return tuple(sorted(self._rulesets))

    def ruleset(self, ruleset_id: str) -> Ruleset:
        """The ruleset; raises KeyError."""
        return self._rulesets[ruleset_id]


class Grader:
    """The engine of today's rulesets and those of earlier ones, built when asked for. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.engine = Engine(library)
        self.policies = Policies(library.root)
        self._earlier: LruCache[tuple[tuple[str, str], ...], Engine] = LruCache(ENGINES)
        self._rulesets: LruCache[str, Ruleset] = LruCache(RULESETS)
        self._columns: LruCache[tuple[str, Mode], ColumnGrader] = LruCache(RULESETS)
        self._digests: dict[str, str] = {}
        self._signed: dict[str, tuple[str, bool]] = {}
        self._taking = Lock()
        self._known_as_todays: set[str] = set()

    def read(self, content: bytes | str, engine: Engine | None = None) -> Audit:
        """JSON → audit, against today's rulesets or another engine's; raises Problem (422) with the place of each error."""
        try:
            return read_audit(content, (engine or self.engine).library)
        except AuditError as error:
            raise invalid_audit(error) from None

    def grade(self, audit: Audit, mode: Mode = Mode.OFFICIAL, engine: Engine | None = None) -> Grading:
        """Grade an audit; raises Problem (422) when one of its rulesets can't be used."""
        try:
            return (engine or self.engine).grade(audit, mode)
        except (LanguageError, NetworkError, EngineError) as error:
            reason = reason_of(ProblemCode.RULESETS_UNUSABLE, why=why_unusable(error))
            errors = [ErrorAt("units", reason.message, reason.code)]
            raise Problem("ruleset_unusable", "规则集无法用于评级。", status=422, errors=errors) from error

    def take_signed(self, db: Session) -> None:
        """Have exactly the editions among today's rulesets that are signed, as the database says now.

        They never change under their id; one that was withdrawn is kept for what was graded by it, and offered no more.
        """
        rows = db.execute(_SIGNED)
        signed = {id_: (digest, state is ProposalState.SIGNED) for id_, digest, state in rows if id_ and digest}
        if signed == self._signed:
            return
        with self._taking:
            for ruleset_id in self._signed.keys() - signed.keys():
                self.library.let_go(ruleset_id)
                self._forget(ruleset_id)
            for ruleset_id, (digest, offered) in signed.items():
                if self._signed.get(ruleset_id) == (digest, offered):
                    continue
                self._forget(ruleset_id)
                self.library.hold(stored_ruleset(db, digest), offered=offered)
            self._signed = signed

    def _forget(self, ruleset_id: str) -> None:
        self._digests.pop(ruleset_id, None)
        self.engine.forget(ruleset_id)

    def digest(self, ruleset_id: str) -> str:
        """The digest of one of today's rulesets; raises KeyError or LanguageError."""
        if ruleset_id not in self._digests:
            self._digests[ruleset_id] = ruleset_digest(self.library.ruleset(ruleset_id))
        return self._digests[ruleset_id]

    def of_digests(self, db: Session, digests: Mapping[str, str]) -> Engine:
        """The engine whose rulesets have these digests (by ruleset id): today's if they are the same, else from the store.

        Raises LookupError for a digest that is not in the store.
        """
        if all(self._is_todays(db, ruleset_id, digest) for ruleset_id, digest in digests.items()):
            return self.engine
        key = tuple(sorted(digests.items()))

        def build() -> Engine:
            return Engine(StoredLibrary({ruleset_id: self.ruleset(db, digest) for ruleset_id, digest in key}))

        return self._earlier.get(key, build)

    def ruleset(self, db: Session, digest: str) -> Ruleset:
        """The ruleset of `stored_ruleset`, read once while it is in use; for digests of gradings or batches that are in scope."""
        return self._rulesets.get(digest, lambda: stored_ruleset(db, digest))

    def columns(self, db: Session, digest: str, mode: Mode) -> ColumnGrader:
        """The columns that grade many audits by such a ruleset; raises ColumnsError for one that columns can't hold."""
        return self._columns.get((digest, mode), lambda: ColumnGrader(self.ruleset(db, digest), mode))

    def _is_todays(self, db: Session, ruleset_id: str, digest: str) -> bool:
        """True when today's ruleset is the one with the digest, down to the order of its entries, which digests don't tell."""
        if digest in self._known_as_todays:
            return True
        try:
            if self.digest(ruleset_id) != digest:
                return False
        except (KeyError, LanguageError):
            return False
        if _content_text(stored_ruleset(db, digest)) != _content_text(self.library.ruleset(ruleset_id)):
            return False
        self._known_as_todays.add(digest)
        return True


def keep_ruleset(db: Session, ruleset: Ruleset, digest: str) -> StoredRuleset:
    """The ruleset's row in the store, made if it isn't there; raises ValueError if it couldn't be read back whole."""
    stored = db.scalar(select(StoredRuleset).where(StoredRuleset.digest == digest))
    if stored is not None:
        return stored
    document = ruleset_text(ruleset)
    if ruleset_digest(_ruleset(document)) != digest:
        raise ValueError(f"规则集 {ruleset.id} 不能保存：读回后与原来不同")
    stored = StoredRuleset(
        digest=digest,
        ruleset_id=ruleset.id,
        title=ruleset.title,
        jurisdiction=ruleset.jurisdiction,
        effective=ruleset.edition.effective,
        document=document,
    )
    db.add(stored)
    db.flush()
    return stored


def stored_ruleset(db: Session, digest: str) -> Ruleset:
    """A ruleset by digest, also one that is a draft as yet, to those who see the draft.

    Raises LookupError, or ValueError when what is stored is not what the digest says.
    """
    document = db.scalar(select(StoredRuleset.document).where(StoredRuleset.digest == digest))
    if document is None:
        document = db.scalar(select(DraftRuleset.document).where(DraftRuleset.digest == digest).limit(1))
    if document is None:
        raise LookupError(f"no ruleset with digest {digest} is kept")
    ruleset = _ruleset(document)
    if ruleset_digest(ruleset) != digest:
        raise ValueError(f"校验值为 {digest} 的规则集已被改动")
    return ruleset


def _content_text(ruleset: Ruleset) -> str:
    """The content of a ruleset, in its order; without the paths of its files and without its sign-off."""
    return ruleset_text(ruleset.model_copy(update={"lineage": (), "review": None}))


def ruleset_text(ruleset: Ruleset) -> str:
    """A whole ruleset as the store keeps it."""
    # Not sorted: the order of facts and indicators is the order of the trace.
    return json.dumps(canonical(ruleset), ensure_ascii=False, separators=(",", ":"))


def _ruleset(document: str) -> Ruleset:
    return Ruleset.model_validate(json.loads(document, object_hook=_value))


def _value(found: dict[str, Any]) -> Any:
    """Undoes `canonical`: `{"number": "1.5"}` is a decimal, `{"date": "2023-01-01"}` a day."""
    if len(found) == 1:
        (key, value), *_ = found.items()
        if key == "number" and isinstance(value, str):
            if not NUMBER.fullmatch(value):
                raise ValueError(f"not a number as the store writes it: {value[:40]}")
            return Decimal(value)
        if key == "date" and isinstance(value, str):
            return date.fromisoformat(value)
    return found
