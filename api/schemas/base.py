"""The bases of all JSON models, and the small types and answers that several resources share."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of
from grading.regions import PATTERN as PLACE

T = TypeVar("T")


class In(BaseModel):
    """A request's body; a member that isn't known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer's body; made from rows of the store or from the domain's results."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A text of one line."""
Reasons = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00]+$"), Field(examples=["缺少自行监测报告。"])
]
Area = Annotated[str, StringConstraints(pattern=f"^(?:{PLACE})$"), Field(examples=["610400"])]
"""A GB/T 2260 code of a county, city or province."""
RulesetKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*$", max_length=120),
    Field(examples=["national-2020/rubber"]),
]
Digest = Annotated[
    str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"), Field(examples=["sha256:" + "5f0c7c1e9c1b4d0e" * 4])
]


class Page(Out, Generic[T]):
    """One page of a list. `next` is the `cursor` of the page after it, or null on the last page."""

    items: list[T]
    next: str | None = Field(description="Give it back as `cursor` to get the page after this one.")


class ErrorOut(Out):
    """One error and where it is."""

    place: str = Field(description="A path into the body, or `query.…`, `header.…`.", examples=["units[0].facts.nmhc"])
    code: str | None = Field(
        default=None,
        description="Stable and for programs; what is wrong with an audit has the codes of docs/problems.md.",
        examples=[ProblemCode.NUMBER_TOO_PRECISE.value],
    )
    message: str = Field(
        description="Chinese and for people.",
        examples=[reason_of(ProblemCode.NUMBER_TOO_PRECISE, places=1).message],
    )


class ProblemOut(Out):
    """A refusal (RFC 9457). `code` is stable and for programs, `detail` is Chinese and for people."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:grading:problem:invalid_audit",
                    "title": "内容有误",
                    "status": 422,
                    "detail": "审核数据有 1 处问题。",
                    "code": "invalid_audit",
                    "errors": [
                        {
                            "place": "units[0].groups.outlets[2].nmhc",
                            "code": ProblemCode.NUMBER_TOO_PRECISE.value,
                            "message": reason_of(ProblemCode.NUMBER_TOO_PRECISE, places=1).message,
                        }
                    ],
                    "request_id": "5d1c6a0f9e3b2a77",
                }
            ]
        },
    )

    type: str = Field(description="`urn:grading:problem:` and the code.")
    title: str
    status: int
    detail: str
    code: str
    errors: list[ErrorOut] = Field(default=[], description="Every error that was found, each with its place.")
    request_id: str | None = Field(default=None, description="Also in `X-Request-Id`; say it when you ask for help.")
