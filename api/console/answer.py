"""What an answer looks like: text, window, what was checked, pictures, and everything that it stands on."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nicegui import ui

from api.console.charts import series_chart
from api.console.event import OpenEvent, draw_contributions, measured_against_predicted
from api.console.outcome import draw_outcome
from api.console.parts import chart, event_card, table
from api.console.wording import counted, instant, number, unit_sign, zone_name
from api.console.words import Words
from api.console.writing import Writer
from api.dependencies import AppState
from twin.answer import Answer, Evidence, Series, Status
from twin.operations.events import EventsFound
from twin.operations.explain import Explanation, explain_event
from twin.scenario import WhatIf

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

Choose = Callable[[str], None]


def explained(answer: Answer, state: AppState) -> tuple[Explanation, ...]:
    """What is known about the first events that the answer names; to be called off the event loop."""
    found = (answer.result or {}).get("find_events")
    events = EventsFound.model_validate(found).anomalies if found else ()
    return tuple(explain_event(state.twin, event.id) for event in events[:PICTURED])


class AnswerDrawing:
    """Draws answers on one page; a candidate of an answer is drawn by `choose`."""

    def __init__(self, state: AppState, open_event: OpenEvent, choose: Choose) -> None:
        self._state = state
        self._open_event = open_event
        self._choose = choose

    def draw(self, answer: Answer, known: Sequence[Explanation]) -> None:
        """Everything but the text, which was there before."""
        self._draw_facts(answer)
        self._draw_candidates(answer)
        self._draw_result(answer)
        self._draw_leaders(known)
        self._draw_evidence(answer.facts)
        self._draw_links(answer)

    def _draw_facts(self, answer: Answer) -> None:
        with ui.row().classes("facts"):
            ui.label(STATUS_WORDS[answer.status]).classes(f"badge status {answer.status}")
            if answer.window is not None:
                ui.label(f"Window: {answer.window.text}").classes("hint")
            if answer.grounding.checked:
                ui.label(
                    f"{counted(answer.grounding.checked, 'statement', 'statements')} checked against the evidence"
                ).classes("hint")
            sure = "" if answer.confidence is None else f", {answer.confidence:.0%} sure"
            ui.label(f"read by {answer.engine}{sure}").classes("hint")
        for sentence in answer.unchecked:
            ui.label(f"Not checked: {sentence}").classes("hint")

    def _draw_links(self, answer: Answer) -> None:
        with ui.row().classes("facts"):
            for link in answer.links:
                ui.link(link.text, link.url, new_tab=True).classes("hint")

    def _draw_candidates(self, answer: Answer) -> None:
        with ui.row().classes("chips"):
            for candidate in answer.candidates:
                self._choose(candidate)

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
                        chart(series_chart(lines, Writer(Words(), self._state.twin.plant.time_zone)))

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
