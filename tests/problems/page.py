"""`docs/problems.md` from the catalogue; `python -m tests.problems.page` writes it."""

from pathlib import Path

from grading.problems.codes import ProblemCode

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
HEAD = """# Codes of problems

What is wrong with an audit, a value or a project has a place, a stable code for programs and a Chinese sentence for people: in
the terminal (`--json`), in problem documents of the API (`errors[].code`) and of forms. Sentences may change, codes don't.
`{name}` stands for what differs from one problem to the next. The page is made from `grading/problems/codes.py` by
`python -m tests.problems.page`.

| code | Chinese | English |
|---|---|---|
"""


def page() -> str:
    """The page as the catalogue has it."""
    return HEAD + "".join(f"| `{code.value}` | {code.zh} | {code.en} |\n" for code in ProblemCode)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
