"""The scales, which all rulesets share."""

from collections.abc import Iterator

from grading.language.load import Library
from grading.language.problems import LanguageError, Problem
from grading.language.source import read_source


def check_scales(library: Library) -> Iterator[Problem]:
    """Levels that are named twice or whose standing does not fall along the scale."""
    try:
        frame = library.frame()
    except LanguageError:
        return  # told with every ruleset that needs the scales
    path = library.root / "scales.yaml"
    source = read_source(path, str(path))
    for name, scale in frame.scales.items():
        for i, (level, worse) in enumerate(zip(scale.levels, scale.levels[1:], strict=False), start=1):
            if worse.standing <= level.standing:
                message = (
                    f"standing {worse.standing} should be above {level.standing}, "
                    f"that of the better level `{level.id}`; 1 is best"
                )
                yield source.problem((name, "levels", i, "standing"), message)
        for i, level_id in enumerate(scale.ids):
            if level_id in scale.ids[:i]:
                yield source.problem((name, "levels", i, "id"), f"duplicate level `{level_id}`")
