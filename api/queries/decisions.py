"""Stored gradings by what they decide."""

from typing import Any

from sqlalchemy import ColumnElement, and_, not_

from grading.model.decision import UNDECIDED, is_undecided


def of_class(grade: Any, attainable: Any, class_: str) -> ColumnElement[bool]:
    """Rows whose two levels make a class: a level that is decided, `ungraded`, or `undecided`."""
    open_: ColumnElement[bool] = is_undecided(grade, attainable)
    return open_ if class_ == UNDECIDED else and_(grade == class_, not_(open_))
