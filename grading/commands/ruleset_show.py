"""`grading ruleset show`: one ruleset, whole."""

import typer

from grading.commands.terminal import Exit, err, out, print_json, print_problems
from grading.language.load import Library
from grading.language.problems import LanguageError


def show_ruleset(rulesets: Library, ruleset_id: str, as_json: bool) -> None:
    """Print the merged ruleset."""
    try:
        ruleset = rulesets.ruleset(ruleset_id)
    except LanguageError as error:
        print_problems(error.problems, err)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        print_json(ruleset.model_dump(by_alias=True, exclude_defaults=True))
        return
    out.print(f"{ruleset.id}  {ruleset.title}")
    for indicator in ruleset.indicators:
        out.print(f"{indicator.id}  {indicator.title}")
        for level, requirement in indicator.levels.items():
            out.print(f"  {level}: {requirement.text or ''}")
