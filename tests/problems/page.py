"""`docs/problems.md` from the catalogue; `python -m tests.problems.page` writes it."""

from collections.abc import Iterable
from pathlib import Path

from grading.problems.campaign_codes import CampaignCode
from grading.problems.codes import ProblemCode
from grading.problems.engine_codes import EngineCode
from grading.problems.figure_codes import FigureCode
from grading.problems.proof_codes import ProofCode
from grading.problems.reason import Sentences
from grading.problems.ruleset_codes import RulesetCode
from grading.problems.workbook_codes import RulesetWorkbookCode

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
HEAD = """# Codes of problems

What is wrong with an audit, a value or a project has a place, a stable code for programs and a Chinese sentence for people: in
the terminal (`--json`), in problem documents of the API (`errors[].code`) and of forms. Sentences may change, codes don't.
`{name}` stands for what differs from one problem to the next. The page is made from `grading/problems/codes.py`,
`ruleset_codes.py`, `proof_codes.py`, `engine_codes.py`, `campaign_codes.py`, `figure_codes.py` and `workbook_codes.py` by
`python -m tests.problems.page`.

## Audits, values, projects

"""
RULESETS = """
## Files of rulesets, cases, policies

What `grading ruleset check` and the service's check of a ruleset find.

"""
PROOF = """
## Proofs of rulesets

What `grading ruleset prove` finds; [lints.md](lints.md) says how to mend it.

"""
ENGINE = """
## Rulesets in the engine

Why the engine can't run a ruleset, and what the rule library must never do; they stand in the sentences of others.

"""
CAMPAIGNS = """
## Campaigns

What single values of a campaign's document, plants or roster can be wrong with is above.

"""
FIGURES = """
## Figures filled in

What fields of an edition that is being completed can be wrong with.

"""
WORKBOOKS = """
## Rulesets as workbooks

What `grading ruleset read` finds in a workbook that somebody has filled in, beside what is wrong with any ruleset
([ruleset-workbook.md](ruleset-workbook.md)).

"""
TABLE = "| code | Chinese | English |\n|---|---|---|\n"


def page() -> str:
    """The page as the catalogue has it."""
    parts = (
        (HEAD, ProblemCode),
        (RULESETS, RulesetCode),
        (PROOF, ProofCode),
        (ENGINE, EngineCode),
        (CAMPAIGNS, CampaignCode),
        (FIGURES, FigureCode),
        (WORKBOOKS, RulesetWorkbookCode),
    )
    return "".join(head + _table(codes) for head, codes in parts)


def _table(codes: Iterable[Sentences]) -> str:
    return TABLE + "".join(f"| `{code.value}` | {_plain(code.zh)} | {_plain(code.en)} |\n" for code in codes)


def _plain(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
