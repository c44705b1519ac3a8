"""The ask box: a question, its answer, and everything the answer stands on."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

import structlog
from nicegui import ui

from api.answering import answered
from api.console.charts import series_chart
from api.console.event import OpenEvent, draw_contributions, measured_against_predicted
from api.console.outcome import draw_outcome
from api.console.parts import chart, event_card, section, table
from api.console.states import broken, busy, failed, redraw
from api.console.wording import counted, instant, number, unit_sign, zone_name
from api.dependencies import AppState
from twin.answer import Answer, Evidence, Question, Series, Status
from twin.errors import ForetellError
from twin.operations.events import EventsFound
from twin.operations.explain import Explanation, explain_event
from twin.plant import Plant
from twin.scenario import WhatIf

log = structlog.get_logger(__name__)

PICTURED = 4
STATUS_WORDS = {
    Status.ANSWERED: "Answered",
    Status.NO_EVENTS: "Nothing unusual",
    Status.NO_DATA: "No data",
    Status.NO_PERMISSION: "No permission",
    Status.OUTSIDE_RETENTION: "Older than the data",
    Status.ASK_BACK: "Which one?",
    Status.REFUSED: "Refused",
    Status.NOT_UNDERSTOOD: "Not understood",
}


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
    """Asks the interpreter in process; one session per opened page, so that a follow-up finds its subject."""

    def __init__(self, state: AppState, open_event: OpenEvent) -> None:
        self._state = state
        self._open_event = open_event
        self._session = uuid4().hex
        with section("Ask the plant")[1]:
            with ui.row().classes("ask-row"):
                self._box = ui.input(placeholder="Ask about events, tags, or what would happen if …")
                self._box.props('outlined autofocus clearable aria-label="Your question" maxlength=2000')
                self._box.classes("ask-box").on("keydown.enter", self.ask)
                self._button = ui.button("Ask", icon="send", on_click=self.ask).props("unelevated no-caps")
            with ui.row().classes("chips").props('aria-label="Suggestions"'):
                for question in first_questions(state.twin.plant):
                    self._chip(question)
            self._place = ui.column().classes("answer").props('aria-live="polite"')

    def _chip(self, question: str) -> None:
        ui.button(question, on_click=self._asker(question), color=None).props("flat no-caps dense").classes("chip")

    def _asker(self, question: str) -> Callable[[], object]:
        async def ask_this() -> None:
            self._box.value = question
            await self.ask()

        return ask_this

    async def ask(self) -> None:
        """Ask what the box holds and draw the answer."""
        text = (self._box.value or "").strip()
        if not text or not self._button.enabled:
            return
        self._button.disable()
        redraw(self._place, lambda: busy("Looking at the plant …"))
        try:
            question = Question(question=text, session=self._session)
            answer = await answered(self._state, question)
            known = await asyncio.to_thread(self._explained, answer)
        except ForetellError as error:
            reason = error
            redraw(self._place, lambda: failed(reason))
        except Exception:
            redraw(self._place, broken)
            log.exception("console.ask_failed")
        else:
            redraw(self._place, lambda: self._draw(text, answer, known))
        finally:
            self._button.enable()

    def _explained(self, answer: Answer) -> tuple[Explanation, ...]:
        """What is known about the first events that the answer names."""
        found = (answer.result or {}).get("find_events")
        events = EventsFound.model_validate(found).anomalies if found else ()
        return tuple(explain_event(self._state.twin, event.id) for event in events[:PICTURED])

    def _draw(self, question: str, answer: Answer, known: Sequence[Explanation]) -> None:
        ui.label(question).classes("asked")
        ui.label(answer.text).classes("said")
        self._draw_facts(answer)
        self._draw_candidates(answer)
        self._draw_result(answer)
        self._draw_leaders(known)
        self._draw_evidence(answer.evidence)

    def _draw_facts(self, answer: Answer) -> None:
        with ui.row().classes("facts"):
            ui.label(STATUS_WORDS[answer.status]).classes(f"badge status {answer.status}")
            if answer.window is not None:
                ui.label(f"Window: {answer.window.text}").classes("hint")
            if answer.grounding.checked:
                ui.label(
                    f"{counted(answer.grounding.checked, 'number', 'numbers')} checked against the evidence"
                ).classes("hint")
            ui.label(f"read by {answer.engine}").classes("hint")

    def _draw_candidates(self, answer: Answer) -> None:
        with ui.row().classes("chips"):
            for candidate in answer.candidates:
                self._chip(candidate)

    def _draw_result(self, answer: Answer) -> None:
        """The operation's own result where there is a picture of it, else the answer's series."""
        result = answer.result or {}
        if "find_events" in result:
            for event in EventsFound.model_validate(result["find_events"]).anomalies:
                event_card(event, self._state.twin.plant.time_zone, self._open_event)
        if "what_if" in result:
            asked = list(dict.fromkeys(line.tag for line in answer.series))
            draw_outcome(WhatIf.model_validate(result["what_if"]), self._state.twin.plant, asked)
        elif "explain_event" in result:
            draw_contributions(Explanation.model_validate(result["explain_event"]), self._state)
        else:
            self._draw_series(answer.series)

    def _draw_leaders(self, known: Sequence[Explanation]) -> None:
        """Each event's largest contributor, measured against predicted."""
        with ui.element("div").classes("charts"):
            for explanation in known:
                for item in explanation.contributions[:1]:
                    measured_against_predicted(item, explanation.event, self._state)

    def _draw_series(self, series: Sequence[Series]) -> None:
        tags = dict.fromkeys(line.tag for line in series)
        with ui.element("div").classes("charts"):
            for tag in tags:
                lines = [line for line in series if line.tag == tag and line.time]
                if lines:
                    with ui.column().classes("figure"):
                        ui.label(tag).classes("figure-title")
                        chart(series_chart(lines, self._state.twin.plant.time_zone))

    def _draw_evidence(self, evidence: Sequence[Evidence]) -> None:
        if not evidence:
            return
        with ui.expansion(f"Evidence: {counted(len(evidence), 'fact', 'facts')}", icon="fact_check").classes(
            "evidence"
        ):
            table(
                [("name", "Fact"), ("value", "#Value"), ("unit", "Unit"), ("tag", "Tag"), ("source", "From")],
                [self._evidence_row(item) for item in evidence],
                label="Evidence",
            )

    def _evidence_row(self, item: Evidence) -> dict[str, str]:
        zone = self._state.twin.plant.time_zone
        value = item.value
        if isinstance(value, datetime):
            value = f"{instant(value, zone)} {zone_name(value, zone)}"
        written = number(value, 6) if isinstance(value, float) else value
        return {
            "name": item.name,
            "value": written,
            "unit": unit_sign(item.unit),
            "tag": item.tag or "",
            "source": item.source,
        }
