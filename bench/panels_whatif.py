"""Pictures about what-ifs: how near the truth they come, how far ahead, and how honest they are about it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.markdown import Report
from bench.names import TRACKS
from bench.panels_style import BLUE, GREY, LOOKS, ORANGE, RED, below, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCORES = {"nrmse": "error of B, in scales (NRMSE)", "effect_r2": "effect R²", "sign_acc": "right signs, share"}
_SMALL: Any = {"textcoords": "offset points", "va": "top", "fontsize": 6, "color": GREY}
LOGS = {"lab": "lab log", "field": "field log"}


def accuracy(tracks: Report) -> "Figure":
    """A panel per score, a group of bars per track, a bar per model."""
    figure, (panels,) = canvas(1, len(SCORES), 10, 3.4)
    names = [name for name in TRACKS if name in tracks["tracks"]]
    models = [model for model in LOOKS if any(model in tracks["tracks"][name] for name in names)]
    for panel, (score, title) in zip(panels, SCORES.items(), strict=True):
        shown = [model for model in models if score == "nrmse" or model != "hold"]
        for place, model in enumerate(shown):
            known = [(i, tracks["tracks"][name].get(model)) for i, name in enumerate(names)]
            bars = [(i, found["in_range"][score]) for i, found in known if found is not None]
            width = 0.8 / len(shown)
            at = [i + (place - (len(shown) - 1) / 2) * width for i, _ in bars]
            look = LOOKS[model]
            panel.bar(at, [max(0.0, value) for _, value in bars], width * 0.92, color=look.colour, label=look.label)
        panel.set_xticks(range(len(names)), [TRACKS[name].replace(", ", ",\n") for name in names])
        panel.set_title(title, fontsize=9, loc="left")
        panel.grid(axis="y", alpha=0.3)
        panel.set_axisbelow(True)
    panels[1].set_ylim(0, 1)
    panels[2].set_ylim(0.5, 1)
    below(figure, panels[0])
    return figure


def horizon(report: Report) -> "Figure":
    """Errors along the horizon: of B, and of the effect as a share of the true one."""
    figure, lines = canvas(2, len(LOGS), 9, 6)
    for column, (track, title) in enumerate(LOGS.items()):
        level, effect = lines[0][column], lines[1][column]
        for name, look in LOOKS.items():
            found = report["tracks"].get(track, {}).get(name)
            if found is None:
                continue
            width = 2.2 if name == "champion" else 1.4
            style: Any = {"color": look.colour, "ls": look.line, "label": look.label, "lw": width}
            level.plot(found["hours"], found["b"], **style)
            share = np.divide(found["effect"], found["true_effect"])
            effect.plot(found["hours"], share, **style)
        level.set(title=title, ylabel="error of B, in scales", ylim=(0, None))
        effect.set(xlabel="hours ahead", ylabel="error of the effect / true effect", ylim=(0, 1.25))
        for panel in (level, effect):
            panel.grid(alpha=0.3)
    below(figure, lines[0][0])
    return figure


def reliability(report: Report) -> "Figure":
    """Shares of the true values below each quantile, of level and effect; the effect's interval move by move."""
    figure, lines = canvas(len(LOGS), 3, 10.5, 6.6)
    for (track, title), panels in zip(LOGS.items(), lines, strict=True):
        found = report["tracks"].get(track, {})
        for panel, what in zip(panels, ("level", "effect"), strict=False):
            panel.plot([0, 1], [0, 1], color=GREY, lw=1, label="honest")
            for name, look in LOOKS.items():
                shares = found.get(name, {}).get(what)
                if shares is not None and name != "hold":
                    panel.plot(found[name]["levels"], shares, color=look.colour, ls=look.line, label=look.label)
            panel.set(title=f"{title}: {what}", xlabel="nominal level of the quantile", xlim=(0, 1), ylim=(0, 1))
            panel.set_ylabel("share of true values below")
            panel.grid(alpha=0.3)
        _by_kind(panels[2], found.get("champion"))
        panels[2].set_title(f"{title}: effect, by move")
    below(figure, lines[0][0])
    return figure


def _by_kind(panel: "Axes", champion: Report | None) -> None:
    if champion is None:
        return
    shares = {
        kind: found["effect_cover90"] for kind, found in champion["by_kind"].items() if "effect_cover90" in found
    }
    panel.barh(list(shares), list(shares.values()), color=BLUE, height=0.7)
    panel.axvline(0.9, color=RED, ls="--")
    panel.set(xlabel="true effects inside the 90 % interval", xlim=(0, 1))
    panel.tick_params(axis="y", labelsize=7)
    panel.invert_yaxis()


def effects(report: Report) -> "Figure":
    """Answered effects over true ones, a panel per log and model; points are an image, which is smaller."""
    shown = ("champion", "arx")
    figure, lines = canvas(len(shown), len(LOGS), 8, 7)
    for panels, name in zip(lines, shown, strict=True):
        for panel, (track, title) in zip(panels, LOGS.items(), strict=True):
            look, found = LOOKS[name], report["tracks"].get(track, {}).get(name)
            panel.axline((0, 0), slope=1, color=GREY, lw=1)
            panel.set(title=f"{look.label}, {title}", xlabel="true effect, in scales", ylabel="answered effect")
            panel.grid(alpha=0.3)
            if found is None:
                continue
            panel.plot(
                found["true"], found["answered"], "o", color=look.colour, ms=3, alpha=0.6, mew=0, rasterized=True
            )
            reach = 1.05 * max(map(abs, (*found["true"], *found["answered"])))
            panel.set(xlim=(-reach, reach), ylim=(-reach, reach))
    return figure


def verdict(report: Report) -> "Figure":
    """The error of the effect over the doubt, pair by pair."""
    figure, (panels,) = canvas(1, len(LOGS), 9, 3.8)
    for panel, (track, title) in zip(panels, LOGS.items(), strict=True):
        found = report["tracks"].get(track, {}).get("champion")
        panel.set(title=title, xlabel="doubt of the verdict", ylabel="error of the effect, in scales")
        panel.set(xlim=(0, 1), yscale="log")
        for begin, support in ((0, "supported"), (1 / 2, "extrapolating"), (2 / 3, "refused")):
            panel.axvline(begin, color=GREY, ls="--", lw=1)
            panel.annotate(support, (begin, 1), (3, -2), xycoords=("data", "axes fraction"), **_SMALL)
        if found is None:
            continue
        pairs, outside = found["pairs"], np.array(found["pairs"]["out_of_range"])
        for chosen, label, colour, marker in (
            (~outside, "inside of what the log covered", BLUE, "o"),
            (outside, "outside", ORANGE, "^"),
        ):
            doubt, error = (np.array(pairs[name])[chosen] for name in ("doubt", "effect_error"))
            panel.plot(doubt, error, marker, color=colour, ms=5, alpha=0.8, label=label)
        told = found["rank_correlation"]["effect"]["all"]
        area = found["auroc_out_of_range"]
        panel.set_title(f"{title}: AUROC in/out {area:.2f}, rank correlation {told:.2f}", fontsize=9)
    below(figure, panels[0])
    return figure


def abduction(report: Report) -> "Figure":
    """Errors of a forecast from the start and of abduction, where a disturbance was active and everywhere."""
    groups = {"disturbed": "disturbed\ntags", "in_range": "all tags", "out_of_range": "all tags,\nout of range"}
    tracks = {name: found["champion"] for name, found in report["tracks"].items() if "champion" in found}
    figure, (panels,) = canvas(1, len(tracks), 2.4 * len(tracks) + 1.4, 3.4)
    for panel, (track, found) in zip(panels, tracks.items(), strict=True):
        panel.set_title(TRACKS[track], fontsize=9)
        known = [name for name in groups if found[name]["cells"]]
        for side, way, colour in ((-0.2, "forecast", GREY), (0.2, "abduction", BLUE)):
            at = [i + side for i in range(len(known))]
            panel.bar(at, [found[name][way] for name in known], 0.38, color=colour, label=way)
        panel.axhline(found["noise_floor"], color=RED, ls="--", lw=1, label="noise, which no forecast knows")
        panel.set_xticks(range(len(known)), [groups[name] for name in known], fontsize=7)
    panels[0].set_ylabel("error of B, in scales")
    below(figure, panels[0])
    return figure
