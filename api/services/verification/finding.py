"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was made; `subject` says what: `grading:<id>`, `log:<number>`, `audit:<id>`,
    `evidence:<id>`, `ruleset:<digest>`, `schema:<name>`, or another row that the log records.
    """

    subject: str
    message: str
