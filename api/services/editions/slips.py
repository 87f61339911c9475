"""Likely slips of the pen in a proposed edition, in the words of its table."""

import json

from api.context import Context
from api.services.editions.place_words import place_text
from api.store import DraftRuleset, EditionProposal
from grading.language.check import SLIPS
from grading.language.source import parse_source
from grading.model.ruleset import Ruleset


def slips_of(context: Context, proposal: EditionProposal, edition: Ruleset) -> list[str]:
    """What in a proposal is likely a slip, such as a text with another figure than its condition, in the order of its file."""
    draft = context.find(DraftRuleset, proposal.draft_id)
    content = parse_source(draft.text.encode(), "").data
    listed = {kind: [entry["id"] for entry in content.get(kind, ())] for kind in ("indicators", "gates")}

    def where(place: str, file: str | None) -> str:
        """Of a part or parent its own file: the ids are those of the draft's."""
        return place_text(place, edition, listed) if file is None else f"{file} {place}"

    found = [one for one in json.loads(draft.warnings) if one["code"] in SLIPS]
    return [f"{where(one['place'], one['file'])}：{one['message']}" for one in found]
