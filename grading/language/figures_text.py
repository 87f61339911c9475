"""The figures that a grade of a trial rests on, in Chinese: how many are how well known, and which are decisive."""

from grading.model.figures import GroundFigures
from grading.vocabulary import BASIS, ESTABLISHED

NAMED_IN_TERMINAL = 5
"""So many decisive figures of a unit are named in the terminal; JSON, reports and pages have all."""


def figures_text(figures: GroundFigures, most: int | None = None) -> str:
    """`本等级所依据的 34 项数值中：估计 5、凭记忆 12、已核实 17；其中 3 项若为他值则等级改变：…`, at most so many by name."""
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
    counts = "、".join(
        f"{word} {count}"
        for word, count in (
            (BASIS["estimated"], figures.estimated),
            (BASIS["recalled"], figures.recalled),
            (ESTABLISHED, figures.established),
        )
    )
    text = f"本等级所依据的 {figures.total} 项数值中：{counts}"
    if figures.decisive:
        return f"{text}；其中 {len(figures.decisive)} 项若为他值则等级改变"
    return f"{text}；其中暂定的数值，任何一项单独为他值，等级都不变"
