"""The shipped rulesets and their engine, once for all tests of a process: what it compiles of 45 rulesets takes gigabytes."""

from grading.engine.grade import Engine
from grading.language.load import Library

LIBRARY = Library()
ENGINE = Engine(LIBRARY)
