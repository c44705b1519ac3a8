"""Pictures and tables of docs/world-model.md, one for each claim, from bench/results/*.json alone.

Run it with `python -m bench.pictures_world`. A picture says which reports it is drawn from by their digest, so that a
stale one is found without drawing it again; one whose reports are missing is not drawn.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from bench import panels_detection, panels_whatif, tables_world
from bench.campaign import ROOT
from bench.markdown import RESULTS, Report, origin, read, renewed
from bench.panels_style import STYLE
from bench.readme import SECTIONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOCUMENT = ROOT / "docs" / "world-model.md"
PICTURES = ROOT / "docs" / "images" / "world"

_SMALLER = (
    (re.compile("<!--.*?-->", re.DOTALL), ""),
    (re.compile(r">\s+<"), "><"),
    (re.compile(r"(\.\d\d)\d+"), r"\1"),
)
"""Remarks, blanks between elements and decimals of a point that nobody sees."""

Draw = Callable[..., "Figure"]


@dataclass(frozen=True, slots=True)
class Picture:
    """How a picture is drawn, and from which reports; `draw` takes them in that order."""

    draw: Draw
    reports: tuple[str, ...]

    def given(self, results: Path) -> tuple[Report, ...] | None:
        """The reports; None when one is missing."""
        found = tuple(report for name in self.reports if (report := _measured(name, results)))
        return found if len(found) == len(self.reports) else None

    def digest(self, results: Path) -> str:
        """Of the reports' files."""
        return hashlib.sha256(b"".join((results / f"{name}.json").read_bytes() for name in self.reports)).hexdigest()


CLAIMS: Mapping[str, Picture] = {
    "accuracy": Picture(panels_whatif.accuracy, ("tracks",)),
    "horizon": Picture(panels_whatif.horizon, ("horizon",)),
    "reliability": Picture(panels_whatif.reliability, ("reliability",)),
    "effects": Picture(panels_whatif.effects, ("effects",)),
    "verdict": Picture(panels_whatif.verdict, ("verdict",)),
    "abduction": Picture(panels_whatif.abduction, ("abduction",)),
    "faults": Picture(panels_detection.faults, ("faults_tep",)),
}


def _measured(name: str, results: Path) -> Report | None:
    """The report; None where there is none, or nothing of any track in it."""
    report = read(name, results)
    return None if report is None or not any(report.get("tracks", report).values()) else report


def draw(results: Path = RESULTS, folder: Path = PICTURES) -> list[Path]:
    """Write all pictures whose reports there are."""
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, picture in CLAIMS.items():
        reports = picture.given(results)
        if reports is None:
            continue
        with mpl.rc_context({**STYLE, "svg.hashsalt": name}):
            file, text = folder / f"{name}.svg", StringIO()
            metadata = {"Date": None, "Description": picture.digest(results), "Title": name}
            picture.draw(*reports).savefig(text, format="svg", metadata=metadata)
            file.write_text(_small(text.getvalue()) + "\n")
        drawn.append(file)
    return drawn


def _small(svg: str) -> str:
    for pattern, replacement in _SMALLER:
        svg = pattern.sub(replacement, svg)
    return svg


def stale(results: Path = RESULTS, folder: Path = PICTURES) -> list[str]:
    """Names of the pictures that are missing or were drawn from other reports than there are."""
    return [
        name
        for name, picture in CLAIMS.items()
        if picture.given(results) is not None and not _holds(folder / f"{name}.svg", picture.digest(results))
    ]


def _holds(file: Path, text: str) -> bool:
    return file.exists() and text in file.read_text()


def updated(document: str, results: Path = RESULTS) -> str:
    """The document with its tables renewed; raises ValueError when it lacks a marker."""
    sections = {}
    for name, render in {"tracks": SECTIONS["tracks"], **tables_world.TABLES}.items():
        report = _measured(name, results)
        if report:
            sections[name] = "\n".join([*render(report), "", origin(report)])
    return renewed(document, sections)


def write() -> None:
    """Renew pictures and tables in place."""
    draw()
    DOCUMENT.write_text(updated(DOCUMENT.read_text()))


if __name__ == "__main__":
    write()
