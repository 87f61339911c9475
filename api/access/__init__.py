"""Access: who acts, what they see (filters on every query), what they may do (one table of rules)."""

from api.access.actor import WHO, Actor, Via, actor_of
from api.access.filters import FILTERS
from api.access.rules import MAY, ROLE_NAMES, Rule, require
from api.access.scope import ScopeError, scope_cached, scoped, unscoped, visible
from grading.jurisdiction import area_bounds, in_area

__all__ = [
    "FILTERS",
    "MAY",
    "ROLE_NAMES",
    "WHO",
    "Actor",
    "Rule",
    "ScopeError",
    "Via",
    "actor_of",
    "area_bounds",
    "in_area",
    "require",
    "scope_cached",
    "scoped",
    "unscoped",
    "visible",
]
