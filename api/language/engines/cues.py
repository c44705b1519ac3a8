"""All cues, and the score of a clause by them."""

from api.language.engines.cues_ahead import ADVISE, FORECAST, SCENARIO
from api.language.engines.cues_events import EVENTS, EXPLAIN
from api.language.engines.cues_plant import ABOUT, HELP, LOG, MOVES, OUT_OF_SCOPE, STATUS
from api.language.engines.cues_values import COMPARE, DESCRIBE, TREND

CUES = (
    *EVENTS, *EXPLAIN, *DESCRIBE, *TREND, *COMPARE, *FORECAST, *SCENARIO, *ADVISE, *STATUS, *MOVES, *LOG, *ABOUT,
    *HELP,
)  # fmt: skip


def foreign_score(text: str) -> dict[str, float]:
    """What speaks for another topic, in a clause whose unknown names are not masked."""
    scores: dict[str, float] = {}
    for cue in OUT_OF_SCOPE:
        if cue.pattern.search(text):
            for intent, weight in cue.weights.items():
                scores[intent] = scores.get(intent, 0.0) + weight
    return scores


def scored(text: str) -> dict[str, float]:
    """Score of every intent that a cue speaks for or against; `text` as `masking.for_cues` gives it."""
    scores: dict[str, float] = {}
    for cue in CUES:
        if cue.pattern.search(text):
            for intent, weight in cue.weights.items():
                scores[intent] = scores.get(intent, 0.0) + weight
    return scores
