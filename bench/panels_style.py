"""Names, colours and small parts that the pictures share.

Colours are those of Okabe & Ito (2008), which people with any common colour blindness tell apart; models differ by
line style or marker as well. The ground is white, so that a picture reads the same on a light and on a dark page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.names import MODELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PINK, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#8A8A8A"

STYLE: Mapping[Any, Any] = {
    "font.size": 9,
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "savefig.dpi": 100,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
"""Text stays text, in the reader's own font; one name of a font keeps the file small."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a model appears in every picture."""

    label: str
    colour: str
    line: str


LOOKS = {
    name: Look(MODELS[name], colour, line)
    for name, colour, line in (
        ("champion", BLUE, "-"),
        ("arx", ORANGE, "--"),
        ("latentplant_ensemble", PINK, "-."),
        ("latentplant_rssm", GREEN, ":"),
        ("hold", GREY, "-"),
    )
}


def canvas(rows: int, columns: int, width: float, height: float) -> "tuple[Figure, list[list[Axes]]]":
    """A figure of so many inches and its panels, row by row."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    panels: Any = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(line) for line in panels]


def below(figure: "Figure", panel: "Axes") -> None:
    """The panel's legend under all panels, in one line."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
