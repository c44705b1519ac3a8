"""One event: what it is, who left the prediction first, measured against predicted, what people say of it."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from api.console.charts import contribution_chart, series_chart
from api.console.parts import chart, event_card, moves_list, severity_badge
from api.console.states import worked_out
from api.console.view import View
from api.console.wording import instant, quantity, stretch, zone_name
from api.console.words import Words
from api.console.writing import Writer
from api.dependencies import AppState
from api.judgements import keep
from twin.event import EventFrame, Feedback, Kind
from twin.operations.explain import ContributionSeries, Explanation, explain_event

OpenEvent = Callable[[str], Awaitable[None]]

SHOWN_TAGS = 4
FEEDBACK_WORDS = {"true": "True event", "false_alarm": "False alarm", "known": "Known, planned"}


class EventDialog:
    """The event panel over the page; closes with Escape."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        with ui.dialog().props('aria-label="Event"') as self._dialog, ui.card().classes("event-dialog"):
            with ui.row().classes("dialog-bar"):
                self._link = ui.link("Open on its own page", "/").classes("hint")
                ui.button(icon="close", on_click=self._dialog.close, color=None).props(
                    'flat round dense aria-label="Close"'
                )
            self._place = ui.column().classes("wide")

    async def open(self, event_id: str) -> None:
        """Show one event."""
        self._link.props(f'href="/events/{event_id}"')
        self._dialog.open()
        await draw_event(self._place, self._state, event_id, self.open)


async def draw_event(place: ui.element, state: AppState, event_id: str, open_event: OpenEvent) -> None:
    """Everything about one event, drawn in `place`."""

    def work() -> tuple[Explanation, tuple[Feedback, ...]]:
        return explain_event(state.twin, event_id), state.twin.events.feedback(event_id)

    await worked_out(
        View(state, Words()),
        place,
        "Explaining the event …",
        work,
        lambda known: _draw(state, known[0], known[1], open_event),
    )


def _draw(state: AppState, known: Explanation, said: Sequence[Feedback], open_event: OpenEvent) -> None:
    zone = state.twin.plant.time_zone
    event = known.event
    with ui.row().classes("facts"):
        severity_badge(View(state, Words()), event.severity)
        ui.label(f"{event.kind} event · {event.asset}").classes("strong")
        ui.label(stretch(event.start, event.end, zone)).classes("hint")
        ui.label(f"score {event.score:.3g}, threshold 1").classes("hint")
    ui.label(event.message).classes("said")
    if event.backfilled_at is not None:
        ui.label(backfill_sentence(event, state)).classes("hint")
    ui.label(explanation_sentence(event, state)).classes("cause")
    ui.label(first_mover_sentence(known, state)).classes("hint")
    for sentence in (known.propagation, known.nearest):
        if sentence is not None:
            ui.label(sentence).classes("hint")
    draw_contributions(known, state)
    if known.moves:
        ui.label("Logged moves from 2 h before the event to its end").classes("strong")
        moves_list(View(state, Words()), known.moves)
    if known.similar:
        ui.label("Earlier events that look like it").classes("strong")
        for past in known.similar:
            event_card(View(state, Words()), past.event, open_event)
    _feedback(state, event, said)


def explanation_sentence(event: EventFrame, state: AppState) -> str:
    """Whether a logged move explains the event, and which."""
    move = event.explained_by
    if event.withdrawn:
        return "Late samples explain this: it is not counted as an event."
    if event.kind is Kind.SILENCE:
        return "The samples cannot say why: look at the transmitters, the network and the source."
    if move is None:
        return "No logged move explains this."
    zone = state.twin.plant.time_zone
    return (
        f"Explained by a logged move: {state.twin.plant.tag(move.tag).description} ({move.tag}) "
        f"{quantity(move.before, move.unit)} → {quantity(move.after, move.unit)} at {instant(move.time, zone)} "
        f"{zone_name(move.time, zone)}."
    )


def backfill_sentence(event: EventFrame, state: AppState) -> str:
    """Since when the event is told like this."""
    if event.backfilled_at is None:
        return ""
    zone = state.twin.plant.time_zone
    what = "Withdrawn" if event.withdrawn else "Appeared or changed"
    came = event.backfilled_at
    return f"{what} after late samples came at {instant(came, zone)} {zone_name(came, zone)}."


def first_mover_sentence(known: Explanation, state: AppState) -> str:
    """Who left its prediction first, and when the twin noticed."""
    event, zone = known.event, state.twin.plant.time_zone
    tag = state.twin.plant.tag(known.first_mover)
    first, who = ("First silent", "the") if event.kind is Kind.SILENCE else ("First mover", "model")
    return (
        f"{first}: {tag.description} ({tag.name}). Noticed at {instant(event.detected_at, zone)} "
        f"{zone_name(event.detected_at, zone)} by {who} {event.model_version}."
    )


def draw_contributions(known: Explanation, state: AppState) -> None:
    """Who carries the score, and the largest contributors measured against predicted."""
    with ui.element("div").classes("charts"):
        with ui.column().classes("figure"):
            ui.label("Contributions, largest first").classes("figure-title")
            chart(contribution_chart(known.event.contributions, Words()))
        for item in known.contributions[:SHOWN_TAGS]:
            measured_against_predicted(item, known.event, state)


def measured_against_predicted(item: ContributionSeries, event: EventFrame, state: AppState) -> None:
    """One contributor around the event, the event marked."""
    lines = [
        line.model_copy(update={"name": name, **extra})
        for line, name, extra in (
            (item.measured, "measured", {"low": None, "high": None}),
            (item.predicted, "predicted", {}),
        )
        if line.time
    ]
    with ui.column().classes("figure"):
        ui.label(f"{item.description} · {item.contribution.tag}").classes("figure-title")
        if lines:
            chart(series_chart(lines, Writer(Words(), state.twin.plant.time_zone), marks=[event]))
        else:
            ui.label("No values around the event.").classes("hint")


def _feedback(state: AppState, event: EventFrame, said: Sequence[Feedback]) -> None:
    ui.label("Was the twin right?").classes("strong")
    comment = ui.input("Comment (optional)").props("dense outlined maxlength=2000").classes("wide")
    with ui.row():
        buttons = {
            label: ui.button(words, color=None).props("outline no-caps") for label, words in FEEDBACK_WORDS.items()
        }
    spoken = ui.column().classes("tight").props('aria-live="polite"')
    with spoken:
        for feedback in said:
            _said(feedback, state)

    async def send(label: str) -> None:
        feedback = Feedback(event_id=event.id, time=state.twin.clock.now(), label=label, comment=comment.value or "")

        def drawn(_: object) -> None:
            _said(feedback, state)

        with spoken:
            line = ui.column()
        await worked_out(View(state, Words()), line, "Keeping it …", lambda: keep(state, feedback), drawn)

    for label, button in buttons.items():
        button.on_click(lambda label=label: send(label))


def _said(feedback: Feedback, state: AppState) -> None:
    when = instant(feedback.time, state.twin.plant.time_zone)
    comment = f": {feedback.comment}" if feedback.comment else ""
    ui.label(f"{when}  {FEEDBACK_WORDS[feedback.label]}{comment}").classes("hint")
