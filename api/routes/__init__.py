"""The JSON interface below `/v1`: one file per resource, each with a `router`."""

from fastapi import APIRouter

from api.routes import (
    account,
    admission,
    announcements,
    appeals,
    audit_steps,
    audits,
    batches,
    campaign_outlook,
    campaign_plans,
    campaign_progress,
    campaigns,
    enterprises,
    evidence,
    gradings,
    log,
    notices,
    reports,
    rulesets,
    sites,
    trials,
    users,
    workbooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    trials.router,
    rulesets.router,
    workbooks.router,
    enterprises.router,
    sites.router,
    audits.router,
    audit_steps.router,
    appeals.router,
    announcements.router,
    gradings.router,
    reports.router,
    batches.router,
    campaigns.router,
    campaign_outlook.router,
    campaign_plans.router,
    campaign_progress.router,
    admission.router,
    evidence.router,
    users.router,
    account.router,
    notices.router,
    log.router,
)
"""Every router of the JSON interface, without the prefix `/v1`."""
