"""The way of an audit, from draft to publication and after: every change of state, checked, logged, or refused."""

from api.services.workflow.actions import actions
from api.services.workflow.appeals import answer_appeal, appeal
from api.services.workflow.content import problems_of, revision_of
from api.services.workflow.drafts import add_draft, conflicts_of, create_audit, merge_draft, save_draft
from api.services.workflow.grading import latest, preview, regrade
from api.services.workflow.jurisdiction import county_of, graded_by, outside, rulesets_of
from api.services.workflow.sign_off import sign_off
from api.services.workflow.states import KIND_NAMES, STATE_NAMES, Action, take
from api.services.workflow.steps import confirm, publish, require_confirmable, send_back, submit, supersede, withdraw
from api.services.workflow.versions import content_at, last_change

__all__ = [
    "KIND_NAMES",
    "STATE_NAMES",
    "Action",
    "actions",
    "add_draft",
    "answer_appeal",
    "appeal",
    "confirm",
    "conflicts_of",
    "content_at",
    "county_of",
    "create_audit",
    "graded_by",
    "last_change",
    "latest",
    "merge_draft",
    "outside",
    "preview",
    "problems_of",
    "publish",
    "regrade",
    "require_confirmable",
    "revision_of",
    "rulesets_of",
    "save_draft",
    "send_back",
    "sign_off",
    "submit",
    "supersede",
    "take",
    "withdraw",
]
