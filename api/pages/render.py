"""Templates → pages: what every page has around its content, and how values are written on it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.access import ROLE_NAMES, Actor
from api.context import Context, cookie_name
from api.identity import csrf
from api.pages.browser_names import browser_text
from api.pages.form.answers import shown_answer
from api.queries.notices import unread
from api.schemas.audits import GradeBrief
from api.schemas.decisions import stored_decision
from api.services.workflow import KIND_NAMES, STATE_NAMES
from api.store import AppealState, Role
from grading import calendar
from grading.digest import plain
from grading.language.decision_text import decision_text, level_label, managed_text, short_label
from grading.language.figures_text import counts_text
from grading.language.measure_text import measure_text
from grading.language.price_text import counted_text, per_piece
from grading.language.prose import number_text, unit_text
from grading.model.base import Cite, Status
from grading.model.decision import Decision, decide
from grading.model.result import Outcome
from grading.model.ruleset import Scale
from grading.vocabulary import ALERT, BASIS, CONFIDENCE, DECIDED_BY, EDITION, JURISDICTION, MODE, REVIEW, STATUS
from reports.context.words import region_text

TEMPLATES = Path(__file__).parent / "templates"
MARKS = {Status.MET: "✓", Status.UNMET: "✗", Status.UNKNOWN: "？", Status.WAIVED: "免", None: "—"}
"""A status is told by a mark and a word; colour only repeats it."""
NOTICES = {
    "draft_ruleset": "规则集为草案，未经审定：结论仅供参考",
    **EDITION,
    **JURISDICTION,
}
APPEAL_NAMES = {AppealState.OPEN: "待答复", AppealState.UPHELD: "申诉成立", AppealState.REJECTED: "申诉不成立"}
WAYS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.ASSESSOR: (("/", "待办"), ("/enterprises", "企业"), ("/rulesets", "规则")),
    Role.ENTERPRISE: (("/", "本企业"), ("/rulesets", "规则")),
    Role.BUREAU: (
        ("/overview", "辖区总览"),
        ("/enterprises", "企业"),
        ("/announcements", "公告"),
        ("/rulesets", "规则"),
        ("/batches", "批次"),
        ("/campaigns", "行动"),
        ("/admission", "项目准入"),
        ("/teams", "评审组"),
        ("/log", "日志"),
    ),
    Role.ADMINISTRATOR: (
        ("/overview", "总览"),
        ("/enterprises", "企业"),
        ("/rulesets", "规则"),
        ("/campaigns", "行动"),
        ("/admission", "项目准入"),
        ("/users", "用户"),
        ("/teams", "评审组"),
        ("/log", "日志"),
    ),
}
"""The main ways of each role."""


def page(request: Request, context: Context | None, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for whoever sits at the context; None for a page of everyone."""
    actor: Actor | None = context.actor if context is not None else None
    token = ""
    if context is not None:
        cookie = request.cookies.get(cookie_name(context.service))
        token = csrf.token_for(context.service.settings, cookie) if cookie else ""
    around = {
        "actor": actor,
        "csrf": token,
        "here": request.url.path,
        "unread": unread(context.db) if context is not None else 0,
        "ways": WAYS[actor.role] if actor is not None else (),
    }
    return HTMLResponse(_environment().get_template(template).render(**around, **values), status)


def prepare() -> None:
    """Read all templates."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


Labels = Mapping[str, str] | Scale | Iterable[Scale]
"""Sources of the words of levels: labels by id, or the scales that have them."""


def decision_words(decision: Decision | None, labels: Labels, causes: bool = True) -> str:
    """The decision in words; None: there is no grading."""
    return decision_text(decision or decide(None), _labelling(labels), causes)


def brief_decision(graded: GradeBrief) -> Decision:
    """The parts of a grading's decision that a list shows in few words."""
    decision = graded.decision
    return stored_decision(graded.grade, graded.attainable, graded.mode, decision.missing, decision.open_figures)


def interval(decision: Decision, labels: Labels) -> str:
    """The two ends of an undecided grade: `D～A`."""
    label = _labelling(labels)
    return "～".join(short_label(level, label) for level in (decision.grade, decision.attainable) if level is not None)


def _labelling(labels: Labels) -> Callable[[str], str]:
    if isinstance(labels, Mapping):
        return lambda level: labels.get(level, level)
    listed = (labels,) if isinstance(labels, Scale) else tuple(labels)
    return lambda level: level_label(listed, level)


def cited(cite: Cite | None) -> str:
    """A citation on one line."""
    return (
        " ".join(part for part in (cite.document, cite.section, cite.clause, cite.page) if part)
        if cite is not None
        else ""
    )


def day(value: date | datetime | str | None) -> str:
    """A day as `2023-09-10`; moments as they are on a clock in China, to the minute."""
    if isinstance(value, datetime):
        return calendar.clock_text(value)
    return value.isoformat() if isinstance(value, date) else value or "—"


def figure(value: Any) -> str:
    """A number, or an upper bound, as a field shows it."""
    return shown_answer(value) if isinstance(value, Mapping) else number_text(value)


def between(ends: Any) -> str:
    """The two ends of a range: `3～5`; a dash when there is none."""
    if ends is None:
        return "—"
    low, high = (plain(end) for end in ends)
    return low if low == high else f"{low}～{high}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "browser": browser_text,
        "day": day,
        "unit": unit_text,
        "figure": figure,
        "cited": cited,
        "region": region_text,
        "between": between,
        "counted": counted_text,
        "per_piece": per_piece,
    }
    environment.globals |= {
        "MARKS": MARKS,
        "STATUS": STATUS,
        "NOTICES": NOTICES,
        "BASIS": BASIS,
        "CONFIDENCE": CONFIDENCE,
        "DECIDED_BY": DECIDED_BY,
        "REVIEW": REVIEW,
        "MODE": MODE,
        "ALERT": ALERT,
        "managed_text": managed_text,
        "measure_text": measure_text,
        "STATES": STATE_NAMES,
        "KINDS": KIND_NAMES,
        "ROLES": ROLE_NAMES,
        "APPEALS": APPEAL_NAMES,
        "level_label": level_label,
        "decision_words": decision_words,
        "interval": interval,
        "figure_counts": counts_text,
        "brief_decision": brief_decision,
        "decide": lambda outcome: decide(Outcome(outcome.grade, outcome.attainable)),
    }
    return environment
