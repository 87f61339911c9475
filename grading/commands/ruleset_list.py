"""`grading ruleset list`: which rulesets there are."""

from rich.table import Table

from grading.commands.terminal import err, out, print_json, print_problems
from grading.language.load import Library
from grading.language.problems import LanguageError


def list_rulesets(rulesets: Library, ids: tuple[str, ...], as_json: bool) -> None:
    """Print the rulesets, one a line."""
    found = []
    for ruleset_id in ids:
        try:
            found.append(rulesets.ruleset(ruleset_id))
        except LanguageError as error:
            print_problems(error.problems, err)
    if as_json:
        print_json([{"id": r.id, "title": r.title, "review": r.review.status} for r in found])
        return
    table = Table(box=None)
    for heading in ("编号", "行业", "等级", "状态"):
        table.add_column(heading)
    for r in found:
        table.add_row(r.id, r.title, r.scale.label, {"draft": "草案", "reviewed": "已审"}[r.review.status])
    out.print(table)
