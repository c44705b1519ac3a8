"""What an answer looks like: text, window, what was checked, pictures, and everything that it stands on."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from nicegui import ui

from api.console.bench.outcome import draw_outcome
from api.console.charts import series_chart
from api.console.columns import columns_of
from api.console.events.card import OpenEvent, event_card
from api.console.events.figures import draw_contributions, measured_against_predicted
from api.console.markup import link
from api.console.parts import chart, table
from api.console.taking import Asked, chart_tools, copy_markdown, read_by, written
from api.console.view import View
from api.console.writing import unit_sign
from api.dependencies import AppState
from twin.answer import Answer, Evidence, Series
from twin.operations.events import EventsFound
from twin.operations.explain import Explanation, explain_event
from twin.scenario import WhatIf

PICTURED = 4
Choose = Callable[[str], None]


def explained(answer: Answer, state: AppState) -> tuple[Explanation, ...]:
    """What is known about the first events that the answer names; to be called off the event loop."""
    found = (answer.result or {}).get("find_events")
    events = EventsFound.model_validate(found).anomalies if found else ()
    return tuple(explain_event(state.twin, event.id) for event in events[:PICTURED])


class AnswerDrawing:
    """Draws answers on one page; a candidate of an answer is drawn by `choose`."""

    def __init__(self, view: View, open_event: OpenEvent, choose: Choose) -> None:
        self._view = view
        self._open_event = open_event
        self._choose = choose

    def draw(self, answer: Answer, known: Sequence[Explanation], asked: Asked) -> None:
        """Everything but the text, which was there before."""
        self._draw_facts(answer)
        self._draw_candidates(answer)
        self._draw_result(answer)
        self._draw_leaders(known)
        self._draw_evidence(answer.facts)
        self._draw_links(answer)
        copy_markdown(self._view, answer, asked)

    def _draw_facts(self, answer: Answer) -> None:
        words = self._view.words
        with ui.row().classes("facts"):
            ui.label(words(f"ask.status.{answer.status}")).classes(f"badge status {answer.status}")
            if answer.window is not None:
                ui.label(words("ask.window", window=answer.window.text)).classes("hint")
            if answer.grounding.checked:
                ui.label(words.counted("ask.checked", answer.grounding.checked)).classes("hint")
            ui.label(read_by(answer, self._view.write)).classes("hint")
        for sentence in answer.unchecked:
            ui.label(words("ask.unchecked", sentence=sentence)).classes("hint")

    def _draw_links(self, answer: Answer) -> None:
        with ui.row().classes("facts"):
            for target in answer.links:
                ui.link(target.text, target.url, new_tab=True).classes("hint")

    def _draw_candidates(self, answer: Answer) -> None:
        with ui.row().classes("chips"):
            for candidate in answer.candidates:
                self._choose(candidate)

    def _draw_result(self, answer: Answer) -> None:
        """The operation's own result where there is a picture of it, else the answer's series."""
        result = answer.result or {}
        if "find_events" in result:
            for event in EventsFound.model_validate(result["find_events"]).anomalies:
                event_card(self._view, event, self._open_event)
        if "what_if" in result:
            asked = list(dict.fromkeys(line.tag for line in answer.series))
            draw_outcome(self._view, WhatIf.model_validate(result["what_if"]), asked)
        elif "explain_event" in result:
            draw_contributions(self._view, Explanation.model_validate(result["explain_event"]))
        else:
            self._draw_series(answer.series)

    def _draw_leaders(self, known: Sequence[Explanation]) -> None:
        """Each event's largest contributor, measured against predicted."""
        with ui.element("div").classes("charts"):
            for explanation in known:
                for item in explanation.contributions[:1]:
                    measured_against_predicted(self._view, item, explanation.event)

    def _draw_series(self, series: Sequence[Series]) -> None:
        tags = dict.fromkeys(line.tag for line in series)
        with ui.element("div").classes("charts"):
            for tag in tags:
                lines = [line for line in series if line.tag == tag and line.time]
                if lines:
                    with ui.column().classes("figure"):
                        ui.link(tag, tag_address(tag)).classes("figure-title")
                        drawn = chart(series_chart(lines, self._view.write))
                        chart_tools(self._view, drawn, tag, columns_of(lines, self._view.zone))

    def _draw_evidence(self, evidence: Sequence[Evidence]) -> None:
        if not evidence:
            return
        words = self._view.words
        with ui.expansion(words.counted("ask.evidence", len(evidence)), icon="fact_check").classes("evidence"):
            table(
                [
                    ("name", words("ask.fact")),
                    ("value", "#" + words("ask.value")),
                    ("unit", words("ask.unit")),
                    ("tag", words("ask.tag")),
                    ("source", words("ask.from")),
                ],
                [self._evidence_row(item) for item in evidence],
                label=words("ask.evidence_label"),
            )

    def _evidence_row(self, item: Evidence) -> dict[str, str]:
        return {
            "name": item.name,
            "value": written(item.value, self._view.write),
            "unit": unit_sign(item.unit),
            "tag": link(tag_address(item.tag), item.tag) if item.tag else "",
            "source": item.source,
        }


def tag_address(tag: str) -> str:
    """The page of a tag."""
    return f"/tags/{quote(tag, safe='')}"
