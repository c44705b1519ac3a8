"""Lines for the chart beside an answer about the future."""

from collections.abc import Sequence
from datetime import datetime

from api.language.wording.facts import Draft, Worded
from api.language.wording.shown import called
from twin.answer import Series
from twin.scenario import Band, WhatIf


def curves(draft: Draft, outcome: WhatIf, tag: str) -> list[Series]:
    """A tag without and with the moves, and as it was measured."""
    if outcome.baseline is None or outcome.scenario is None:
        return []
    time = outcome.baseline.time
    lines = [
        band_line(draft, "curve.without", time, outcome.baseline.band(tag)),
        band_line(draft, "curve.with", outcome.scenario.time, outcome.scenario.band(tag)),
    ]
    actual = outcome.actual.get(tag, ())
    if any(value is not None for value in actual):
        unit = draft.plant.tag(tag).unit
        lines.append(Series(name=_title(draft, "curve.measured", tag), tag=tag, unit=unit, time=time, values=actual))
    return lines


def band_line(draft: Draft, key: str, time: Sequence[datetime], band: Band) -> Series:
    """Mean and band of one tag under a title of the catalog."""
    return Series(
        name=_title(draft, key, band.tag),
        tag=band.tag,
        unit=band.unit,
        time=tuple(time),
        values=band.mean,
        low=band.p05,
        high=band.p95,
    )


def _title(draft: Draft, key: str, tag: str) -> str:
    return draft.part(key, name=Worded(called(draft.plant.tag(tag), draft.language)))
