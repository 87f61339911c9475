"""The shipped rulesets and their engine, once for all tests of a process: what it compiles of them takes gigabytes."""

from grading.engine.grade import Engine
from grading.language.load import Library

LIBRARY = Library()
ENGINE = Engine(LIBRARY)
