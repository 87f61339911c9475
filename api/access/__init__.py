"""Access: who acts, what they see (filters on every query), what they may do (one table of rules)."""

from api.access.actor import Actor, Via, actor_of, area_bounds, in_area
from api.access.rules import MAY, ROLE_NAMES, Rule, require
from api.access.scope import FILTERS, ScopeError, scoped, unscoped, visible

__all__ = [
    "FILTERS",
    "MAY",
    "ROLE_NAMES",
    "Actor",
    "Rule",
    "ScopeError",
    "Via",
    "actor_of",
    "area_bounds",
    "in_area",
    "require",
    "scoped",
    "unscoped",
    "visible",
]
