"""Permissions by role: one table, read by routes, by the workflow and by the test that walks every route."""

from enum import StrEnum
from types import MappingProxyType

from sqlalchemy.orm import Session

from api.access.actor import Actor
from api.access.scope import ACTOR, ALLOWED
from api.problems import Problem
from api.store import Role

ALL = frozenset(Role)


class Rule(StrEnum):
    """One permission: the kind of thing that a route does. Scope limits what the route finds besides."""

    PUBLIC = "public"
    """Anyone, also without signing in."""
    READ = "read"
    """Look at what is in scope."""
    OWN_ACCOUNT = "own_account"
    """One's own password, sessions and tokens."""
    TRY_OUT = "try_out"
    """Grade, explain, simulate without storing anything."""
    DRAFT_EXPERT_AUDITS = "draft_expert_audits"
    DRAFT_SELF_ASSESSMENTS = "draft_self_assessments"
    DRAFT_AUDITS = "draft_audits"
    """Create, save, submit audits of the own kind (experts' or self-assessments), with their evidence."""
    IMPORT_AUDITS = "import_audits"
    """Take files of audits in as drafts of a team."""
    MAKE_EXPORTS = "make_exports"
    """Have documents made for oneself to download."""
    REGRADE = "regrade"
    CONFIRM_AUDITS = "confirm_audits"
    RETURN_AUDITS = "return_audits"
    PUBLISH_AUDITS = "publish_audits"
    WITHDRAW_AUDITS = "withdraw_audits"
    GRADE_OUTSIDE = "grade_outside"
    """Give the reason for which a plant is graded under an edition that does not apply where it lies."""
    GRANT_WAIVERS = "grant_waivers"
    """Grant units waivers of indicators, and end them."""
    APPEAL = "appeal"
    ANSWER_APPEALS = "answer_appeals"
    SIGN_OFF_RULESETS = "sign_off_rulesets"
    KEEP_ENTERPRISES = "keep_enterprises"
    ASSIGN_TEAMS = "assign_teams"
    KEEP_USERS = "keep_users"
    """Users and teams."""
    READ_STATISTICS = "read_statistics"
    """Look at numbers over all enterprises in scope, and their export."""
    READ_BATCHES = "read_batches"
    """Look at batches, what they would change, and drafts of editions."""
    EDIT_RULESETS = "edit_rulesets"
    """Complete editions figure by figure, and propose them."""
    MAKE_BATCHES = "make_batches"
    """Order, hold and cancel batches; upload drafts of editions."""
    PUBLISH_BATCHES = "publish_batches"
    """Publish a batch that another person made, and take it back."""
    READ_CAMPAIGNS = "read_campaigns"
    """Look at campaigns, their numbers and their plants."""
    READ_PLANTS_TO_HELP = "read_plants_to_help"
    """Look at what plants of a campaign lack, as far as they are in scope."""
    RUN_CAMPAIGNS = "run_campaigns"
    """Begin and close campaigns, keep their rosters."""
    KEEP_PLANS = "keep_plans"
    """Write a plant's upgrade plan."""
    TAKE_CAMPAIGN_STEPS = "take_campaign_steps"
    """Say how far a plant or one of its gaps has come."""
    RECORD_VISITS = "record_visits"
    """Write down visits to plants of a campaign."""
    READ_ADMISSION = "read_admission"
    """Look at opinions of admission."""
    GIVE_ADMISSION = "give_admission"
    """Give opinions of admission, and say when projects were completed."""
    READ_LOG = "read_log"
    OPERATE = "operate"
    """Metrics and the state of the service."""


A, E, B, R = Role.ASSESSOR, Role.ENTERPRISE, Role.BUREAU, Role.ADMINISTRATOR
MAY = MappingProxyType(
    {
        Rule.PUBLIC: ALL,
        Rule.READ: ALL,
        Rule.OWN_ACCOUNT: ALL,
        Rule.TRY_OUT: ALL,
        Rule.DRAFT_EXPERT_AUDITS: frozenset({A}),
        Rule.DRAFT_SELF_ASSESSMENTS: frozenset({E}),
        Rule.DRAFT_AUDITS: frozenset({A, E}),
        Rule.IMPORT_AUDITS: frozenset({A, B}),
        Rule.MAKE_EXPORTS: ALL,
        Rule.REGRADE: frozenset({A, E, B}),
        Rule.CONFIRM_AUDITS: frozenset({A}),
        Rule.RETURN_AUDITS: frozenset({A, B}),
        Rule.PUBLISH_AUDITS: frozenset({B}),
        Rule.WITHDRAW_AUDITS: frozenset({A, E, B}),
        Rule.GRADE_OUTSIDE: frozenset({A, B}),
        Rule.GRANT_WAIVERS: frozenset({B}),
        Rule.APPEAL: frozenset({E}),
        Rule.ANSWER_APPEALS: frozenset({B}),
        Rule.SIGN_OFF_RULESETS: frozenset({B}),
        Rule.KEEP_ENTERPRISES: frozenset({B, R}),
        Rule.ASSIGN_TEAMS: frozenset({B, R}),
        Rule.KEEP_USERS: frozenset({R}),
        Rule.READ_STATISTICS: frozenset({B, R}),
        Rule.READ_BATCHES: frozenset({B, R}),
        Rule.EDIT_RULESETS: frozenset({B}),
        Rule.MAKE_BATCHES: frozenset({B}),
        Rule.PUBLISH_BATCHES: frozenset({B}),
        Rule.READ_CAMPAIGNS: frozenset({B, R}),
        Rule.READ_PLANTS_TO_HELP: frozenset({A, B, R}),
        Rule.RUN_CAMPAIGNS: frozenset({B}),
        Rule.KEEP_PLANS: frozenset({E, B}),
        Rule.TAKE_CAMPAIGN_STEPS: frozenset({A, E, B}),
        Rule.RECORD_VISITS: frozenset({A, B}),
        Rule.READ_ADMISSION: frozenset({B, R}),
        Rule.GIVE_ADMISSION: frozenset({B}),
        Rule.READ_LOG: ALL,
        Rule.OPERATE: frozenset({R}),
    }
)
LOOKS_ONLY = frozenset(
    {
        Rule.PUBLIC,
        Rule.READ,
        Rule.TRY_OUT,
        Rule.READ_STATISTICS,
        Rule.READ_BATCHES,
        Rule.READ_CAMPAIGNS,
        Rule.READ_PLANTS_TO_HELP,
        Rule.READ_ADMISSION,
        Rule.READ_LOG,
        Rule.OPERATE,
    }
)
"""Rules that allow no write."""
ROLE_NAMES = MappingProxyType({A: "评审专家", E: "企业", B: "生态环境部门", R: "系统管理员"})


def require(session: Session, rule: Rule) -> Actor:
    """The session's actor, who may do what the rule says; raises Problem (403) when they may not.

    Every write of a scoped session has to be preceded by this, with a rule that is about writing.
    """
    actor: Actor = session.info[ACTOR]
    if actor.role not in MAY[rule]:
        allowed = "、".join(ROLE_NAMES[role] for role in Role if role in MAY[rule])
        detail = f"此操作限{allowed}使用，您的角色是{ROLE_NAMES[actor.role]}。"
        raise Problem("role_not_allowed", detail, status=403)
    if rule not in LOOKS_ONLY:
        session.info[ALLOWED] = True
    return actor
