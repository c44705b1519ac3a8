"""Plans carried out, and drafts closed: nothing leaves whose numbers have no evidence."""

from collections.abc import Sequence
from datetime import timedelta

from api.language.old_facts import Draft, opened
from api.language.grounding import Grounder
from api.language.plans import (
    AboutPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    MovesPlan,
    Plan,
    StatusPlan,
    UndoPlan,
    WhatIfPlan,
)
from api.language.reading import Incomplete
from api.language.say_events import say_events, say_explanation, say_moves
from api.language.say_tags import say_about, say_status, say_tags
from api.language.say_whatif import say_forecast, say_undo, say_what_if
from twin.answer import Answer, Grounding, Status
from twin.errors import (
    AmbiguousTag,
    EmptyWindow,
    ForetellError,
    ModelNotReady,
    OutsideRetention,
    Unauthorized,
    UnknownTag,
)
from twin.plant import Plant
from twin.protocols import Twin

WITHHELD = "I withhold this answer: a number in it has no evidence behind it."
PARTLY_WITHHELD = "A sentence was withheld, because a number in it has no evidence behind it."
HELP = (
    "You can ask about unusual events (were there any unusual events last night?), why one happened (explain the "
    "last event), what a tag did (what was the average … last night?), what was moved (what did the operators change "
    "today?), what would be under other moves (what if we had cut … by … at …?), what comes next (what will … be in "
    "the next hours?), how the plant is now, and what the tags are."
)


def draft_of(plan: Plan, twin: Twin, max_horizon: timedelta, recent: Sequence[str]) -> Draft:
    """The plan carried out by the twin's operations; `recent` are the events last spoken of."""
    match plan:
        case EventsPlan():
            return say_events(plan, twin)
        case ExplainPlan():
            return say_explanation(plan, twin, recent)
        case DescribePlan():
            return say_tags(plan, twin)
        case MovesPlan():
            return say_moves(plan, twin)
        case WhatIfPlan():
            return say_what_if(plan, twin, max_horizon)
        case UndoPlan():
            return say_undo(plan, twin, max_horizon)
        case ForecastPlan():
            return say_forecast(plan, twin, max_horizon)
        case StatusPlan():
            return say_status(plan, twin)
        case AboutPlan():
            return say_about(plan, twin)
        case _:
            return Draft(twin.plant, "help", sentences=[HELP])


def answered(draft: Draft, grounder: Grounder) -> Answer:
    """The draft as an answer, without the sentences whose numbers the evidence does not back."""
    checks = [grounder.check(sentence, draft.evidence) for sentence in draft.sentences]
    kept = [sentence for sentence, check in zip(draft.sentences, checks, strict=True) if check.ok]
    grounding = Grounding(
        checked=sum(check.checked for check in checks),
        unmatched=tuple(said for check in checks for said in check.unmatched),
    )
    lead = bool(checks) and checks[0].ok
    told = " ".join(kept if len(kept) == len(checks) else [*kept, PARTLY_WITHHELD])
    text = told.replace(" \n", "\n") if lead else WITHHELD
    return Answer(
        text=text,
        status=draft.status if lead else Status.REFUSED,
        evidence=tuple(draft.evidence),
        series=tuple(draft.series),
        window=draft.window,
        tools=tuple(draft.tools),
        grounding=grounding,
        candidates=draft.candidates,
        result=draft.result or None,
        model_version=draft.model_version,
    )


def from_error(error: ForetellError) -> Answer:
    """What went wrong as an answer: asked back where a person can choose, refused with the reason otherwise."""
    status = _status(error)
    text = f"{opened(error.detail)}{'' if error.detail.endswith(('.', '?', '!')) else '.'}"
    if status is Status.ASK_BACK and error.candidates:
        unsaid = [candidate for candidate in error.candidates if candidate not in error.detail]
        text += f" Which one do you mean: {', '.join(unsaid)}?" if unsaid else " Which one do you mean?"
    return Answer(text=text, status=status, candidates=error.candidates)


def not_understood(plant: Plant) -> Answer:
    """An honest end, with what can be asked."""
    return Answer(
        text=f"I did not understand that as a question about {plant.name}. {HELP}", status=Status.NOT_UNDERSTOOD
    )


def _status(error: ForetellError) -> Status:
    if isinstance(error, AmbiguousTag | Incomplete) or (isinstance(error, UnknownTag) and error.candidates):
        return Status.ASK_BACK
    if isinstance(error, OutsideRetention):
        return Status.OUTSIDE_RETENTION
    if isinstance(error, EmptyWindow | ModelNotReady):
        return Status.NO_DATA
    return Status.NO_PERMISSION if isinstance(error, Unauthorized) else Status.REFUSED
