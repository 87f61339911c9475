"""The figures that a grade of a trial rests on, in Chinese: how many are how well known, and which are decisive."""

from grading.model.figures import GroundFigures
from grading.vocabulary import BASIS, ESTABLISHED

NAMED_IN_TERMINAL = 5
"""So many decisive figures of a unit are named in the terminal; JSON, reports and pages have all."""


def figures_text(figures: GroundFigures, most: int | None = None) -> str:
    """`本等级所依据的 34 项数值中，估计 5 项，已核实 29 项；其中 3 项若为他值则等级改变：…`, at most so many by name."""
    listed = figures.decisive[:most]
    if not listed:
        return counts_text(figures) + "。"
    left = f" 等 {len(figures.decisive)} 项" if len(listed) < len(figures.decisive) else ""
    named = "；".join(f"{figure.text}（{BASIS[figure.basis]}）" for figure in listed)
    return f"{counts_text(figures)}：{named}{left}。"


def counts_text(figures: GroundFigures) -> str:
    """The same without the names of the decisive ones."""
    if not figures.total:
        return "本等级不依据任何数值"
    kinds = (
        (BASIS["estimated"], figures.estimated),
        (BASIS["recalled"], figures.recalled),
        (ESTABLISHED, figures.established),
    )
    counts = "，".join(f"{_in_brackets(word)}{count} 项" for word, count in kinds if count)
    text = f"本等级所依据的 {figures.total} 项数值中，{counts}"
    if figures.decisive:
        return f"{text}；其中 {len(figures.decisive)} 项若为他值则等级改变"
    if not figures.estimated and not figures.recalled:
        return text
    return f"{text}；其中任何一项暂定的数值单独为他值，等级都不变"


def _in_brackets(word: str) -> str:
    """A word for how a figure is known, to stand before a count; what is behind its comma goes into brackets."""
    head, _, rest = word.partition("，")
    return f"{head}（{rest}）" if rest else f"{head} "
