"""Gradings that another revision of the engine has made: told together, since none of them can be proven by grading again."""

from collections import Counter, defaultdict

from api.services.replay import Likeness, Replayed
from grading.engine.revision import ENGINE

WORDS = {
    Likeness.SAME: "重做完全一致",
    Likeness.SAME_GRADES: "等级一致、推理记录不同",
    Likeness.OTHER_GRADES: "等级不同",
}


class EarlierGradings:
    """Gradings of other revisions as they come out under this one, counted by the engine's name."""

    def __init__(self) -> None:
        self._found: dict[str, Counter[Likeness]] = defaultdict(Counter)

    def add(self, again: Replayed) -> None:
        """Count a grading."""
        self._found[again.stored.engine][again.likeness] += 1

    def message(self) -> str | None:
        """One sentence for each engine; None when there is no such grading."""
        if not self._found:
            return None
        sentences = [_sentence(engine, found) for engine, found in sorted(self._found.items())]
        return "".join(sentences) + f"现行引擎为 {ENGINE}；所存评级不变，是否被改动以日志为据核对；重新评级会另存一份。"


def _sentence(engine: str, found: Counter[Likeness]) -> str:
    counts = "，".join(f"{words} {found[likeness]} 份" for likeness, words in WORDS.items() if found[likeness])
    return f"{found.total()} 份评级由引擎的其他修订 {engine} 作出：{counts}。"
