"""The ask box: a conversation with the plant, the newest question first."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Literal

import structlog
from nicegui import events as ui_events
from nicegui import ui

from api.answering import stages
from api.console.answer import AnswerDrawing, explained
from api.console.conversation import Conversation
from api.console.events.card import OpenEvent
from api.console.parts import section
from api.console.states import broken, busy, failed, redraw
from api.console.suggest import Subject, subject_of, suggestions
from api.console.taking import Asked
from api.console.view import View
from api.language.stages import Answered, Called, Planned, Said, Stage
from twin.answer import Answer, Question
from twin.errors import ForetellError

log = structlog.get_logger(__name__)

KEPT = 6
"""Questions that stay on the page with their answers."""
EVENT_ID = re.compile(r"\b\d{8}T\d{4}Z-(\w{8})\b")
"""An event's id as detectors make it: on a button its end tells it apart."""
KEPT_SUGGESTIONS = 2
"""Of the page's own, beside those about the event that an answer spoke of first."""
TYPED_IN: list[Literal["input", "select", "button", "textarea"]] = ["input", "textarea", "select"]
"""Where a key is text."""


def ask_about(view: View, subject: Subject) -> "AskPanel":
    """An ask box for a page about an event, a tag or a stretch of time, with questions that fit it."""

    async def open_event(event_id: str) -> None:
        ui.navigate.to(f"/events/{event_id}")

    return AskPanel(view, open_event, suggestions(view, subject), compact=True)


class AskPanel:
    """Asks in process, in the conversation of its tab, so that a follow-up finds its subject on any page.

    The key `/` brings the focus into the box, unless somebody is typing elsewhere.
    """

    def __init__(self, view: View, open_event: OpenEvent, suggested: Sequence[str], *, compact: bool = False) -> None:
        self._view = view
        self._suggested = suggested
        self._drawing = AnswerDrawing(view, open_event, self._chip)
        words = view.words
        with section(words("ask.about" if compact else "ask.title"))[1]:
            with ui.row().classes("ask-row"):
                self._box = ui.input(placeholder=words("ask.placeholder"))
                self._box.props(f'outlined clearable aria-label="{words("ask.question")}" maxlength=2000')
                self._box.props("dense" if compact else "autofocus")
                self._box.classes("ask-box").on("keydown.enter", self.ask)
                self._button = ui.button(words("ask.ask"), icon="send", on_click=self.ask)
                self._button.props("unelevated no-caps")
                self._stop = ui.button(words("ask.stop"), icon="stop", on_click=self.stop).props("flat no-caps")
                self._stop.set_visibility(False)
            self._chips = ui.row().classes("chips suggestions")
            self._chips.props(f'role="group" aria-label="{words("ask.suggestions")}"')
            self._suggest(suggested)
            self._conversation = Conversation(view, self._begin_anew)
            self._exchanges = ui.column().classes("conversation").props('aria-live="polite"')
        ui.keyboard(self._key, repeating=False, ignore=TYPED_IN)

    async def put(self, question: str) -> None:
        """Fill the box with a question and ask it."""
        self._box.value = question
        await self.ask()

    async def ask(self) -> None:
        """Ask what the box holds and draw the answer as it comes."""
        text = (self._box.value or "").strip()
        if not text or not self._button.enabled:
            return
        self._busy(True)
        exchange = self._exchange(text)
        try:
            session = self._conversation.goes_on_with(text)
            await self._follow(Question(question=text, session=session), exchange)
        except ForetellError as error:
            reason = error
            redraw(exchange.state, lambda: failed(self._view, reason))
        except Exception:
            redraw(exchange.state, lambda: broken(self._view))
            log.exception("console.ask_failed")
        finally:
            self._busy(False)
            self._box.value = ""

    def stop(self) -> None:
        """Give up the answer that is being made."""
        self._view.state.interpreter.cancel(self._conversation.session)

    def _suggest(self, questions: Sequence[str]) -> None:
        def draw() -> None:
            for question in questions:
                self._chip(question)

        redraw(self._chips, draw)

    def _chip(self, question: str) -> None:
        label = EVENT_ID.sub(r"…\1", question)
        ui.button(label, on_click=self._asker(question), color=None).props("flat no-caps dense").classes("chip")

    def _asker(self, question: str) -> Callable[[], object]:
        return lambda: self.put(question)

    def _key(self, pressed: ui_events.KeyEventArguments) -> None:
        held = pressed.modifiers
        if pressed.action.keydown and pressed.key == "/" and not (held.ctrl or held.alt or held.meta):
            self._box.run_method("focus")

    def _busy(self, asking: bool) -> None:
        self._button.set_enabled(not asking)
        self._stop.set_visibility(asking)
        self._conversation.hold(asking)

    def _begin_anew(self) -> None:
        self._exchanges.clear()
        self._suggest(self._suggested)

    def _exchange(self, text: str) -> "Exchange":
        with self._exchanges:
            exchange = Exchange(self._view, text)
        exchange.place.move(self._exchanges, target_index=0)
        for old in self._exchanges.default_slot.children[KEPT:]:
            self._exchanges.remove(old)
        return exchange

    async def _follow(self, question: Question, exchange: "Exchange") -> None:
        async with aclosing(stages(self._view.state, question)) as coming:
            async for stage in coming:
                exchange.show(stage)
                if isinstance(stage, Answered):
                    await self._draw(stage.answer, exchange)

    async def _draw(self, answer: Answer, exchange: "Exchange") -> None:
        known = await asyncio.to_thread(explained, answer, self._view.state)
        redraw(exchange.state, lambda: self._drawing.draw(answer, known, exchange.asked))
        if (told := subject_of(answer, known)) is not None and not self._chips.is_deleted:
            self._suggest((*suggestions(self._view, told), *self._suggested[:KEPT_SUGGESTIONS]))


class Exchange:
    """A question, and its answer while it comes."""

    def __init__(self, view: View, question: str) -> None:
        self._words = view.words
        self.asked = Asked(question, view.state.twin.clock.now())
        with ui.column().classes("answer") as self.place:
            ui.label(question).classes("asked")
            self._said = ui.label().classes("said")
            self._said.set_visibility(False)
            self.state = ui.column().classes("wide")
        redraw(self.state, lambda: busy(self._words("ask.reading")))

    def show(self, stage: Stage) -> None:
        """What is going on, and the text so far."""
        if self.place.is_deleted:
            return
        if isinstance(stage, Planned):
            asked = ", ".join(dict.fromkeys(self._words(f"ask.intent.{plan.intent}") for plan in stage.plans))
            redraw(self.state, lambda: busy(self._words("ask.understood", asked=asked)))
        elif isinstance(stage, Called):
            redraw(self.state, lambda: busy(self._words("ask.working", operation=stage.call.name)))
        elif isinstance(stage, Said):
            self._said.text += stage.delta
            self._said.set_visibility(True)
        else:
            self._said.text = stage.answer.text
            self._said.props(f'lang="{stage.answer.language}"')
            self._said.set_visibility(True)
