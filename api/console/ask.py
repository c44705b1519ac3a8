"""The ask box: a conversation with the plant, the newest question first."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from uuid import uuid4

import structlog
from nicegui import ui

from api.answering import stages
from api.console.answer import AnswerDrawing, explained
from api.console.event import OpenEvent
from api.console.parts import section
from api.console.states import broken, busy, failed, redraw
from api.dependencies import AppState
from api.language.stages import Answered, Called, Planned, Said, Stage
from twin.answer import Answer, Question
from twin.errors import ForetellError
from twin.plant import Plant

log = structlog.get_logger(__name__)

KEPT = 6
"""Questions that stay on the page with their answers."""


def first_questions(plant: Plant) -> tuple[str, ...]:
    """Questions to begin with, in the plant's own words."""
    handled = next((tag for tag in plant.tags if tag.handle is not None), None)
    name = handled.aliases[0] if handled and handled.aliases else handled.name if handled else ""
    about = (f"What would have happened if we had cut the {name} by 10 % at 02:00?",) if handled else ()
    return (
        "Tell me, factory, were there any unusual events last night?",
        *about,
        "How is the plant right now?",
        "What did the operators change in the last 24 hours?",
    )


class AskPanel:
    """Asks in process; one session per opened page, so that a follow-up finds its subject."""

    def __init__(self, state: AppState, open_event: OpenEvent) -> None:
        self._state = state
        self._session = uuid4().hex
        self._drawing = AnswerDrawing(state, open_event, self._chip)
        with section("Ask the plant")[1]:
            with ui.row().classes("ask-row"):
                self._box = ui.input(placeholder="Ask about events, tags, or what would happen if …")
                self._box.props('outlined autofocus clearable aria-label="Your question" maxlength=2000')
                self._box.classes("ask-box").on("keydown.enter", self.ask)
                self._button = ui.button("Ask", icon="send", on_click=self.ask).props("unelevated no-caps")
                self._stop = ui.button("Stop", icon="stop", on_click=self.stop).props("flat no-caps")
                self._stop.set_visibility(False)
            with ui.row().classes("chips").props('aria-label="Suggestions"'):
                for question in first_questions(state.twin.plant):
                    self._chip(question)
            self._conversation = ui.column().classes("conversation").props('aria-live="polite"')

    def _chip(self, question: str) -> None:
        ui.button(question, on_click=self._asker(question), color=None).props("flat no-caps dense").classes("chip")

    def _asker(self, question: str) -> Callable[[], object]:
        async def ask_this() -> None:
            self._box.value = question
            await self.ask()

        return ask_this

    async def ask(self) -> None:
        """Ask what the box holds and draw the answer as it comes."""
        text = (self._box.value or "").strip()
        if not text or not self._button.enabled:
            return
        self._busy(True)
        exchange = self._exchange(text)
        try:
            await self._follow(Question(question=text, session=self._session), exchange)
        except ForetellError as error:
            reason = error
            redraw(exchange.state, lambda: failed(reason))
        except Exception:
            redraw(exchange.state, broken)
            log.exception("console.ask_failed")
        finally:
            self._busy(False)
            self._box.value = ""

    def stop(self) -> None:
        """Give up the answer that is being made."""
        self._state.interpreter.cancel(self._session)

    def _busy(self, asking: bool) -> None:
        self._button.set_enabled(not asking)
        self._stop.set_visibility(asking)

    def _exchange(self, text: str) -> "Exchange":
        with self._conversation:
            exchange = Exchange(text)
        exchange.place.move(self._conversation, target_index=0)
        for old in self._conversation.default_slot.children[KEPT:]:
            self._conversation.remove(old)
        return exchange

    async def _follow(self, question: Question, exchange: "Exchange") -> None:
        async with aclosing(stages(self._state, question)) as coming:
            async for stage in coming:
                exchange.show(stage)
                if isinstance(stage, Answered):
                    await self._draw(stage.answer, exchange)

    async def _draw(self, answer: Answer, exchange: "Exchange") -> None:
        known = await asyncio.to_thread(explained, answer, self._state)
        redraw(exchange.state, lambda: self._drawing.draw(answer, known))


class Exchange:
    """A question, and its answer while it comes."""

    def __init__(self, question: str) -> None:
        with ui.column().classes("answer") as self.place:
            ui.label(question).classes("asked")
            self._said = ui.label().classes("said")
            self._said.set_visibility(False)
            self.state = ui.column().classes("wide")
        redraw(self.state, lambda: busy("Reading the question …"))

    def show(self, stage: Stage) -> None:
        """What is going on, and the text so far."""
        if self.place.is_deleted:
            return
        if isinstance(stage, Planned):
            asked = ", ".join(dict.fromkeys(plan.intent.replace("_", "-") for plan in stage.plans))
            redraw(self.state, lambda: busy(f"Understood: {asked}. Looking at the plant …"))
        elif isinstance(stage, Called):
            redraw(self.state, lambda: busy(f"{stage.call.name} …"))
        elif isinstance(stage, Said):
            self._said.text += stage.delta
            self._said.set_visibility(True)
        else:
            self._said.text = stage.answer.text
            self._said.set_visibility(True)
