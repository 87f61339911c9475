"""A day in a request is written as a day: a number is not taken for seconds since 1970, nor a moment for its day."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

import api.schemas
from api.schemas.base import In
from tests.api.routes.conftest import Ask

NO_DAYS = (1698710400, "1698710400", "2023-10-31T00:00:00", "20231031", "0202310310", 45230, True)

for module in pkgutil.iter_modules(api.schemas.__path__):
    importlib.import_module(f"api.schemas.{module.name}")


def of(model: type[In]) -> Iterator[type[In]]:
    for below in model.__subclasses__():
        yield below
        yield from of(below)


def days() -> dict[str, Any]:
    """The members of requests that are days, by name."""
    return {
        f"{model.__name__}.{name}": Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        for model in of(In)
        for name, field in model.model_fields.items()
        if field.annotation is date or date in [getattr(arg, "__origin__", arg) for arg in get_args(field.annotation)]
    }


DAYS = days()


@pytest.mark.parametrize("name", sorted(DAYS))
def test_a_member_that_is_a_day_takes_nothing_else(name: str) -> None:
    member = DAYS[name]
    for stated in NO_DAYS:
        with pytest.raises(ValidationError):
            TypeAdapter(member).validate_python(stated)
    assert TypeAdapter(member).validate_python("2023-10-31") == date(2023, 10, 31)


def test_a_query_that_is_a_day_takes_nothing_else(ask: Ask) -> None:
    for path in ("/audits?assessed_from=", "/log?since=", "/admission-opinions?since="):
        for stated in NO_DAYS:
            assert ask("city", "GET", f"{path}{stated}").status_code == 422, (path, stated)
        assert ask("city", "GET", f"{path}2023-10-31").status_code == 200
