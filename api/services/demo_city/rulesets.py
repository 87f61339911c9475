"""The rulesets of the demo: those of the service, and the invented city's own leading scheme, whose figures are settled."""

import shutil
from pathlib import Path

from grading.language.load import Library

EDITION = Path(__file__).with_name("concrete.yaml")
FOLDER = "demo-city"


def write_rulesets(shipped: Path | None, folder: Path) -> None:
    """Write the rulesets of a folder (None: the shipped ones) with the city's own edition into another, anew each time."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(Library(shipped).root, folder)
    (folder / FOLDER).mkdir(exist_ok=True)
    shutil.copy(EDITION, folder / FOLDER / EDITION.name)
