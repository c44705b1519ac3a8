"""What tells how sure a reading is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.language.asking import Asking
from twin.query import INTENTS, Basis, Plan

LONG = 25
"""Words of a clause beyond which it counts as long."""
MOST_UNREAD = 6


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """One clause as it was read.

    Attributes:
        opinions: (intent,) log probabilities by engine: rules, embed, model.
        log_p: (intent,) of all engines together.
        leans: on the question before it.
        filled: slots that the language model filled in.
    """

    opinions: Mapping[str, NDArray[np.float64]]
    log_p: NDArray[np.float64]
    leans: bool
    filled: int = 0

    def intents(self) -> tuple[str, ...]:
        """Best first."""
        return tuple(INTENTS[int(place)] for place in np.argsort(-self.log_p))

    def share(self, intent: str) -> float:
        """Probability of an intent."""
        return float(np.exp(self.log_p[INTENTS.index(intent)]))


def features(
    reads: Sequence[Read], intents: Sequence[str], plans: Sequence[Plan], asking: Asking
) -> dict[str, float]:
    """Of a whole question, by name; each clause counts, the least sure one decides."""
    clauses = asking.clauses
    shares = [min(max(read.share(intent), 1e-4), 1 - 1e-4) for read, intent in zip(reads, intents, strict=True)]
    unread = [len(clause.slots.unread) for clause in clauses]
    windows = [plan.window.basis for plan in plans if hasattr(plan, "window")]
    return {
        "one": 1.0,
        "odds": float(np.log(min(shares) / (1 - min(shares)))),
        "second": max(float(np.exp(np.sort(read.log_p)[-2])) for read in reads),
        **{f"{engine} differs": _differs(reads, intents, engine) for engine in ("rules", "embed", "model")},
        "unread": float(min(MOST_UNREAD, max(unread))),
        "mended": float(any("I read" in note for clause in clauses for note in clause.slots.notes)),
        "default window": float(Basis.DEFAULT in windows),
        "other language": float(asking.language != "en"),
        "long": float(any(len(clause.text.split()) > LONG for clause in clauses)),
        "clauses": float(min(3, len(clauses)) - 1),
        "leans": float(any(read.leans for read in reads)),
        "problems": float(any(clause.slots.problems for clause in clauses)),
        "filled": float(min(3, sum(read.filled for read in reads))),
    }


def _differs(reads: Sequence[Read], intents: Sequence[str], engine: str) -> float:
    """Whether an engine reads any clause otherwise."""
    pairs = [
        (read.opinions[engine], intent)
        for read, intent in zip(reads, intents, strict=True)
        if engine in read.opinions
    ]
    return float(any(INTENTS[int(log_p.argmax())] != intent for log_p, intent in pairs))
