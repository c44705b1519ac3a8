"""Whether the tags that lead at detection belong to the fault's cause."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.folder import Arrays, read_arrays, read_meta
from bench.scoring.faults import score_faults


def score_leading(folder: Path, predictions: Arrays, causes: Mapping[int, tuple[str, ...]]) -> dict[str, Any]:
    """By protocol, of detected faults with a known cause: share with a tag of the cause among the leading ones.

    `predictions` is a file of detector scores with leading (run, time, rank): at_detection counts the row that
    completes the detection, first_hour the tags that lead most often from there on for an hour.
    """
    meta = read_meta(folder)
    file = read_arrays(folder, "faults", ("idv", "moving", "onset_h"))
    names, onset, hour = [tag.name for tag in meta.obs], meta.rows(float(file["onset_h"])), meta.rows(1.0)
    found: dict[str, Any] = {}
    for protocol, scores in score_faults(folder, predictions).items():
        moving, shares = protocol == "moving", {}
        for idv, delay in scores["delay"].items():
            if delay is None or idv not in causes:
                continue
            run = int(np.flatnonzero((file["idv"] == idv) & (file["moving"] == moving))[-1])
            row = onset + round(delay / meta.row_minutes) - 1
            leading = predictions["leading"][run]
            shares[idv] = [
                bool({names[i] for i in tags} & set(causes[idv]))
                for tags in (leading[row], _often(leading[row : row + hour]))
            ]
        found[protocol] = {
            "faults": len(shares),
            "at_detection": _share([first for first, _ in shares.values()]),
            "first_hour": _share([later for _, later in shares.values()]),
            "missed_in_first_hour": [idv for idv, (_, later) in shares.items() if not later],
        }
    return found


def _often(leading: NDArray[np.integer[Any]]) -> list[int]:
    """As many tags as lead a row, those that lead most rows."""
    tags, count = np.unique(leading, return_counts=True)
    return [int(tag) for tag in tags[np.argsort(-count, kind="stable")][: leading.shape[1]]]


def _share(hits: list[bool]) -> float | None:
    return round(float(np.mean(hits)), 3) if hits else None
