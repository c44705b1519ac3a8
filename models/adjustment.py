"""What people say about events moves thresholds: bounded, fading, every change on record."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.event import EventFrame, Feedback
from twin.lifecycle import ThresholdChange

FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class AdjustmentConfig:
    """How far a judgement goes.

    Attributes:
        margin: a threshold is raised to so many times the peak of the false alarm.
        largest: and never beyond so many times what the false-alarm budget gives.
        half_life: time in which half of a change fades.
        least: a factor below this has faded.
    """

    margin: float = 1.02
    largest: float = 2.0
    half_life: timedelta = timedelta(days=30)
    least: float = 1.005


class Adjustments:
    """The changes that belong to the detector of one model version; undone ones count no more."""

    def __init__(
        self, changes: Sequence[ThresholdChange], version: str, config: AdjustmentConfig | None = None
    ) -> None:
        self._changes = [c for c in changes if c.model_version == version and c.undone_at is None]
        self._version, self._config = version, config or AdjustmentConfig()

    def factors(self, now: datetime) -> dict[str, float]:
        """What each statistic's threshold is multiplied by, at least 1; absent: by 1."""
        found: dict[str, float] = {}
        for change in self._changes:
            left = 0.5 ** (max(now - change.time, timedelta(0)) / change.half_life)
            factor = 1.0 + (change.new / change.base - 1.0) * left
            if factor >= self._config.least:
                found[change.statistic] = max(factor, found.get(change.statistic, 1.0))
        return found

    def raised(
        self, event: EventFrame, peaks: Mapping[str, float], base: Mapping[str, float], said: Feedback
    ) -> tuple[ThresholdChange, ...]:
        """What a judgement changes: a false alarm lifts every statistic that fired just above its peak.

        `peaks` are each statistic's largest value while the event was open, `base` its threshold by the budget; both
        in its own units. Any other judgement raises nothing, and neither does an event of another model version.
        """
        if said.label != FALSE_ALARM or event.model_version != self._version:
            return ()
        factors = self.factors(said.time)
        made = []
        for statistic, peak in peaks.items():
            old = base[statistic] * factors.get(statistic, 1.0)
            new = min(peak * self._config.margin, base[statistic] * self._config.largest)
            if peak >= old and new > old:
                made.append(self._change(event, statistic, peak, old, new, base[statistic], said))
        return tuple(made)

    def withdrawn_by(self, said: Feedback) -> tuple[str, ...]:
        """Ids of the changes that a later judgement of the same event takes back: it was no false alarm."""
        if said.label == FALSE_ALARM:
            return ()
        return tuple(change.id for change in self._changes if change.event_id == said.event_id)

    def _change(
        self, event: EventFrame, statistic: str, peak: float, old: float, new: float, base: float, said: Feedback
    ) -> ThresholdChange:
        bound = "" if new > peak else f", no more than {self._config.largest:g} times the budget's"
        return ThresholdChange(
            id=uuid.uuid4().hex[:12],
            time=said.time,
            who=said.author,
            event_id=event.id,
            model_version=self._version,
            statistic=statistic,
            old=old,
            new=new,
            base=base,
            half_life=self._config.half_life,
            reason=f"false alarm with a peak of {peak:.4g}{bound}",
        )
