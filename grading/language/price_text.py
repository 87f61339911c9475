"""Prices per piece in words: 40–100 万元/台, and what to say of a sum in which one is counted."""

from collections.abc import Sequence

from grading.model.base import Remedy


def per_piece(remedy: Remedy) -> str:
    """The piece whose price a remedy's cost is, to stand behind the cost: `/台`; empty where the cost is that of the whole."""
    piece = remedy.priced_per or ("处" if remedy.per_row else None)
    return f"/{piece}" if piece is not None and remedy.cost_wan_cny is not None else ""


def counted_text(pieces: Sequence[str]) -> str:
    """The remark that a sum counts one of each piece and must be multiplied; empty where there is none."""
    if not pieces:
        return ""
    named = "、".join(f"每{piece}" for piece in dict.fromkeys(pieces))
    return f"其中 {len(pieces)} 项按{named}计价，数量未知，只按 1 计，应乘以实际数量"
