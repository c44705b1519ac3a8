"""What happens to the demo plant and when: ordinary operator moves, and disturbances put on and off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)

ORDINARY = {
    "sp.production_rate": (22.95, 1.2),
    "sp.pct_g": (53.7, 2.5),
    "sp.reactor_pressure": (2705.0, 50.0),
    "sp.reactor_level": (75.0, 6.0),
    "sp.reactor_temperature": (120.4, 1.2),
    "sp.separator_level": (50.0, 6.0),
    "sp.stripper_level": (50.0, 6.0),
    "sp.ya": (55.0, 1.5),
    "sp.yac": (58.6, 1.5),
    "mv.compressor_recycle": (22.21, 6.0),
    "mv.stripper_steam": (47.446, 10.0),
    "mv.agitator": (50.0, 12.0),
    "bias.a_feed": (1.0, 0.15),
}
"""Centre and half-range of each tag's ordinary levels, in its engineering unit."""


def minute_of(moment: datetime) -> int:
    """Whole minutes since the epoch, rounded down: the time axis of the demo plant."""
    return (moment - EPOCH) // _MINUTE


def at_minute(minute: int) -> datetime:
    """The instant (UTC) at which that minute since the epoch begins."""
    return EPOCH + minute * _MINUTE


@dataclass(frozen=True, slots=True)
class ScheduledMove:
    """A level that an operator sets at the beginning of a minute (since the epoch)."""

    minute: int
    tag: str
    level: float


@dataclass(frozen=True, slots=True)
class Switch:
    """A disturbance put on at a fraction at the beginning of a minute (since the epoch); None: back to background."""

    minute: int
    disturbance: int
    fraction: float | None


def ordinary_moves(seed: int, first: int, last: int, per_hour: float) -> Iterator[ScheduledMove]:
    """The operators' moves in the minutes [first, last): a Poisson process with `per_hour` moves on average.

    Each move takes one tag to a level drawn from its ordinary range. Every hour is drawn by itself, so the same
    seed gives the same moves wherever the stretch asked for begins.
    """
    for hour in range(first // 60, -(-last // 60)):
        for move in _moves_in_hour(seed, hour, per_hour):
            if first <= move.minute < last:
                yield move


def _moves_in_hour(seed: int, hour: int, per_hour: float) -> list[ScheduledMove]:
    rng = np.random.default_rng([seed, hour])
    count = min(60, int(rng.poisson(per_hour)))
    minutes = sorted(rng.choice(60, size=count, replace=False).tolist())
    return [ScheduledMove(60 * hour + minute, *ordinary_level(rng)) for minute in minutes]


def ordinary_level(rng: np.random.Generator) -> tuple[str, float]:
    """A movable tag and an ordinary level for it."""
    tag = list(ORDINARY)[int(rng.integers(len(ORDINARY)))]
    centre, half = ORDINARY[tag]
    return tag, centre + half * float(rng.uniform(-1.0, 1.0))


def process_seed(rng: np.random.Generator) -> int:
    """A seed the kernel's generator (multiplicative, modulo 2^32) likes: large and odd."""
    return 2 * int(rng.integers(1 << 28, 1 << 31)) + 1
