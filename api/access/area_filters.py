"""Filters of what bureaus make for an area: campaigns, batches, announcements, editions, opinions."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import false, or_, select, true

from api.access.actor import Actor
from api.access.enterprise_filters import Filter, alias, enterprises
from api.store import (
    AdmissionOpinion,
    Base,
    Campaign,
    CampaignPlant,
    CampaignSnapshot,
    EditionProposal,
    FigureReview,
    ProjectCompletion,
    ProposalState,
    Role,
)
from grading.jurisdiction import COUNTRY, area_bounds


def of_the_area(actor: Actor, column: Any) -> Filter:
    """Things that bureaus made for an area are seen by those whose own area holds it."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.BUREAU and actor.area:
        within: Filter = column.between(*area_bounds(actor.area))
        return within
    return false()


def of_parts(column: Any, parent: type[Base]) -> Callable[[Actor], Filter]:
    """Rows that belong to a thing of an area (`parent`, with `id` and `area`) which the actor sees."""

    def visible(actor: Actor) -> Filter:
        if actor.role is Role.ADMINISTRATOR:
            return true()
        p = alias(parent)
        within: Filter = column.in_(select(p.c.id).where(of_the_area(actor, p.c.area)))
        return within

    return visible


def campaigns(actor: Actor, column: Any) -> Filter:
    """Rows whose campaign the actor sees: bureaus those of their area and of the areas around it, others those of their own."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    c, p = alias(Campaign), alias(CampaignPlant)
    if actor.role is Role.BUREAU and actor.area:
        around = {COUNTRY, f"{actor.area[:2]}0000", f"{actor.area[:4]}00"}
        within = or_(c.c.jurisdiction.between(*area_bounds(actor.area)), c.c.jurisdiction.in_(sorted(around)))
        return column.in_(select(c.c.id).where(within))  # type: ignore[no-any-return]
    return column.in_(select(p.c.campaign_id).where(enterprises(actor, p.c.enterprise_id)))  # type: ignore[no-any-return]


def campaign_snapshots(actor: Actor) -> Filter:
    """Snapshots tell of all plants of a jurisdiction: they are for bureaus in charge of all of it."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    c = alias(Campaign)
    if actor.role is not Role.BUREAU or not actor.area:
        return false()
    within = select(c.c.id).where(c.c.jurisdiction.between(*area_bounds(actor.area)))
    return CampaignSnapshot.campaign_id.in_(within)


def proposals(actor: Actor, c: Any) -> Filter:
    """Proposals of the area; once signed they are everybody's, as the edition is."""
    signed = c.state.in_((ProposalState.SIGNED, ProposalState.WITHDRAWN))
    return or_(signed, of_the_area(actor, c.area))


def figure_reviews(actor: Actor) -> Filter:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    p = alias(EditionProposal)
    within: Filter = FigureReview.proposal_id.in_(select(p.c.id).where(proposals(actor, p.c)))
    return within


def completions(actor: Actor) -> Filter:
    """Completions of projects whose opinions the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    o = alias(AdmissionOpinion)
    within: Filter = ProjectCompletion.opinion_id.in_(select(o.c.id).where(of_the_area(actor, o.c.county)))
    return within
