"""The picture about detection: which fault is found by whom."""

from typing import TYPE_CHECKING

import numpy as np

from bench.markdown import Report
from bench.names import DETECTORS, MODES, TRACKS
from bench.panels_style import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOGS = ("lab", "field")


def faults(report: Report) -> "Figure":
    """A strip per log and regime: a row per detector, a column per fault, the share of its rows that were found."""
    strips = [(log, mode) for log in LOGS if log in report["tracks"] for mode in MODES]
    figure, lines = canvas(len(strips), 1, 9.5, 1.45 * len(strips) + 0.5)
    for (panel,), (log, mode) in zip(lines, strips, strict=True):
        found = report["tracks"][log]
        known = [name for name in DETECTORS if name in found]
        numbers = list(found[known[0]][mode]["fdr"])
        shares = np.array([[found[name][mode]["fdr"].get(n, np.nan) for n in numbers] for name in known], float)
        strip = panel.imshow(shares, vmin=0, vmax=1, cmap="cividis", aspect="auto", interpolation="none")
        means = [found[name][mode]["mean_fdr"] for name in known]
        panel.set_yticks(range(len(known)), [f"{DETECTORS[n]}  {m:.2f}" for n, m in zip(known, means, strict=True)])
        panel.set_xticks(range(len(numbers)), numbers, fontsize=7)
        panel.set_title(f"{TRACKS[log]} log, operators {MODES[mode]}", fontsize=9, loc="left")
        panel.tick_params(length=0)
    lines[-1][0].set_xlabel("fault (IDV)")
    bar = figure.colorbar(strip, ax=[panel for (panel,) in lines], shrink=0.5, pad=0.01)
    bar.set_label("share of the faulty rows found")
    return figure
