"""What people say about events, from whichever door it comes."""

from api.dependencies import AppState
from twin.event import Feedback
from twin.lifecycle import ThresholdChange


def keep(state: AppState, feedback: Feedback) -> tuple[ThresholdChange, ...]:
    """Keep a judgement; gives the threshold changes that it made or took back. Raises NotFound."""
    state.twin.events.add_feedback(feedback)
    return () if state.lifecycle is None else state.lifecycle.judged(feedback)
