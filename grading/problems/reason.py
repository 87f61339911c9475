"""A problem's code with its parameters, and the sentence they make: Chinese for people, English for developers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from string import Formatter
from typing import Literal, Self, TypeAlias

Language = Literal["zh", "en"]
_JOINT: Mapping[Language, str] = {"zh": "、", "en": ", "}


class Sentences(StrEnum):
    """Codes, each with its sentence in both languages; `{name}` stands for a parameter."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh, member.en = zh, en
        return member

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters that the sentences need."""
        return placeholders(self.zh)


@dataclass(frozen=True)
class Reason:
    """A reason: what is wrong, or was read otherwise than it stands there. `reason_of` makes one."""

    code: Sentences
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @property
    def message(self) -> str:
        """The sentence in Chinese, for people."""
        return self.sentence("zh")

    @property
    def english(self) -> str:
        """The sentence in English, for developers."""
        return self.sentence("en")

    def sentence(self, language: Language) -> str:
        """The sentence in a language."""
        template = self.code.zh if language == "zh" else self.code.en
        return template.format(**{name: _text(value, language) for name, value in self.parameters})

    def __str__(self) -> str:
        """The Chinese sentence, so that it can stand in a longer one."""
        return self.message

    def __lt__(self, other: Reason) -> bool:
        """By the English sentence: the order of findings at one place."""
        return self.english < other.english


class Reasoned:
    """A problem or notice that has a reason."""

    reason: Reason

    @property
    def code(self) -> Sentences:
        """The stable name of what is wrong."""
        return self.reason.code

    @property
    def message(self) -> str:
        """The problem, in Chinese."""
        return self.reason.message


Parameter: TypeAlias = str | int | Decimal | date | Sentences | Reason | tuple["Parameter", ...]
"""A list is joined as the language does it; a code or a reason gives its own words."""


def reason_of(code: Sentences, /, **parameters: Parameter) -> Reason:
    """The reason of a code; raises TypeError when the parameters are not those of its sentences."""
    if parameters.keys() != code.parameters:
        raise TypeError(f"{code.value} takes {sorted(code.parameters)}, not {sorted(parameters)}")
    return Reason(code, tuple(parameters.items()))


class CodedError(Exception):
    """An error with a reason; as text it is the Chinese sentence."""

    def __init__(self, code: Sentences, /, **parameters: Parameter) -> None:
        self.reason = reason_of(code, **parameters)
        super().__init__(self.reason.message)

    def __reduce__(self) -> tuple[Callable[[type[CodedError], Reason], CodedError], tuple[type[CodedError], Reason]]:
        """The error as another process makes it again."""
        return _error_of, (type(self), self.reason)


class ReasonError(CodedError, ValueError):
    """A value is refused."""


def _error_of(kind: type[CodedError], reason: Reason) -> CodedError:
    return kind(reason.code, **dict(reason.parameters))


def placeholders(template: str) -> frozenset[str]:
    """The names of a template's parameters."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _text(value: Parameter, language: Language) -> str | int | Decimal | date:
    if isinstance(value, Reason):
        return value.sentence(language)
    if isinstance(value, Sentences):
        return value.zh if language == "zh" else value.en
    if isinstance(value, tuple):
        return _JOINT[language].join(str(_text(item, language)) for item in value)
    return value
