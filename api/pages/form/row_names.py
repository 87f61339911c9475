"""Names that people give to the rows of tables, by which the rows are found."""

from collections.abc import Collection
from dataclasses import replace

from api.pages.form.answers import WrongAnswerError
from api.pages.form.items import TableView
from api.services.attachments import MAX_PLACE
from api.services.workflow.places import Place
from grading.identifiers import IdentifierError, normalise_id


def row_name(text: str, at: Place, table: TableView, taken: Collection[str]) -> str:
    """The key of a row as the intake would read it; raises WrongAnswerError where it would not, or files could not be kept."""
    if not text.strip():
        raise WrongAnswerError("每一行都要有编号或名称。")
    try:
        name, _ = normalise_id(text)
    except IdentifierError as error:
        raise WrongAnswerError(f"{error}。") from None
    if name in {_normalised(other) for other in taken}:
        raise WrongAnswerError(f"“{name}”已是另一行的编号，各行应不同。")
    longest = max(len(str(replace(at, row=name, fact=line.question.fact.id))) for line in table.plan.columns)
    if longest > MAX_PLACE:
        raise WrongAnswerError(f"这一行的编号太长，位置超过 {MAX_PLACE} 个字符。")
    return name


def _normalised(key: str) -> str:
    try:
        return normalise_id(key)[0]
    except IdentifierError:
        return key
