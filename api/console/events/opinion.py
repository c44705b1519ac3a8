"""What people say about an event: whether the twin was right."""

from collections.abc import Sequence

from nicegui import ui

from api.console.events.author import Author
from api.console.states import worked_out
from api.console.view import View
from api.judgements import keep
from twin.event import EventFrame, Feedback

LABELS = ("true", "false_alarm", "known")


def draw_opinions(view: View, event: EventFrame, said: Sequence[Feedback]) -> None:
    """Three judgements to choose from, and those that were made."""
    words, author = view.words, Author()
    ui.label(words("events.feedback")).classes("strong")
    comment = ui.input(words("events.comment")).props("dense outlined maxlength=2000").classes("wide")
    with ui.row():
        buttons = {
            label: ui.button(words(f"events.feedback.{label}"), color=None).props("outline no-caps")
            for label in LABELS
        }
    spoken = ui.column().classes("tight").props('aria-live="polite"')
    with spoken:
        for feedback in said:
            draw_opinion(view, feedback)

    async def send(label: str) -> None:
        feedback = Feedback(
            event_id=event.id,
            time=view.state.twin.clock.now(),
            label=label,
            comment=comment.value or "",
            author=author.name,
        )
        with spoken:
            line = ui.column()
        await worked_out(
            view,
            line,
            words("events.keeping"),
            lambda: keep(view.state, feedback),
            lambda _: draw_opinion(view, feedback),
        )

    for label, button in buttons.items():
        button.on_click(lambda label=label: send(label))


def draw_opinion(view: View, feedback: Feedback) -> None:
    """When, which judgement, and the comment."""
    told = ": ".join(filter(None, (view.words(f"events.feedback.{feedback.label}"), feedback.comment)))
    by = view.words("events.by", author=feedback.author) if feedback.author else ""
    ui.label(f"{view.write.instant(feedback.time)}  {told} {by}".rstrip()).classes("hint")
