"""The folder of the shipped rulesets."""

from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "rulesets"
SHIPPED_IN_WHEEL = Path(__file__).resolve().parents[1] / "_rulesets"


def default_root() -> Path:
    """The folder of the shipped rulesets: beside the package in a checkout, inside it when installed."""
    return SHIPPED if SHIPPED.is_dir() else SHIPPED_IN_WHEEL
