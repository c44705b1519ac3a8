"""Results as a person reads them in a terminal, on the plant's clock."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from twin.answer import Answer, Evidence
from twin.event import EventFrame, Severity
from twin.operations.estimate import Estimate
from twin.operations.events import EventsFound
from twin.operations.numbers import amount_of, hours, plain
from twin.scenario import AppliedMove, Effect, KpiEffect, LimitRisk, LoggedMove, Method, Support, WhatIf

COLOURS = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "dim"}
VERDICTS = {Support.SUPPORTED: "green", Support.EXTRAPOLATING: "yellow", Support.REFUSED: "bold red"}
MOST_ROWS = 12
TOLD = 0.05
"""How far a band's factor is from 1 before it is told."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints results on one console."""

    console: Console
    zone: ZoneInfo

    def answer(self, answer: Answer, *, evidence: bool = True) -> None:
        """The answer's text, what to choose from, and the evidence below."""
        self.console.print(answer.text, markup=False)
        if answer.candidates:
            self.console.print(f"Choose from: {', '.join(answer.candidates)}", style="yellow", markup=False)
        if answer.window is not None:
            self.console.print(f"Window: {answer.window.text}", style="dim", markup=False)
        if evidence and answer.facts:
            self.console.print()
            self.evidence(answer.facts)

    def evidence(self, evidence: tuple[Evidence, ...]) -> None:
        """The facts that an answer stands on."""
        self.console.print(self._evidence(evidence))

    def what_if(self, result: WhatIf) -> None:
        """Moves, effects, key figures, risks and the verdict."""
        self.console.print(self._applied(result.moves))
        if result.method is Method.ABDUCTION:
            self.console.print("The baseline is what was measured; the disturbances that happened are kept.")
        if result.effects:
            self.console.print(_effects(result.effects))
        if result.kpis:
            self.console.print(_kpis(result.kpis))
        if risks := [risk for risk in result.risks if max(risk.baseline, risk.scenario) > 0]:
            self.console.print(_risks(risks))
        if adapted := {tag: factor for tag, factor in result.band_factors.items() if abs(factor - 1) >= TOLD}:
            told = ", ".join(f"{tag} x {factor:.2f}" for tag, factor in adapted.items())
            self.console.print(f"Bands follow live coverage: {told}", style="dim", markup=False)
        support = result.verdict.support
        self.console.print(
            Text(f"Verdict: {support.value}", style=VERDICTS[support]), f"(doubt {result.verdict.doubt:.2f})"
        )
        for reason in result.verdict.reasons:
            self.console.print(f"  {reason}", markup=False)

    def estimate(self, found: Estimate) -> None:
        """The value with its band, what was measured, and what was left out."""
        band = f"90 % band {plain(found.p05)} to {amount_of(found.p95, found.unit)}"
        self.console.print(
            f"{found.tag} at {self._instant(found.time)}: {amount_of(found.value, found.unit)} ({band})", markup=False
        )
        if found.measured is not None:
            self.console.print(f"  measured: {amount_of(found.measured, found.unit)}", markup=False)
        told = f"such estimates of {found.errors} past values" if found.errors else "the model's own deviation"
        self.console.print(
            f"  its values after {self._instant(found.since)} were left out; the band is that of {told}", style="dim"
        )

    def events(self, found: EventsFound) -> None:
        """Anomalies, explained events and moves of a window, and how much of it was looked at."""
        self.console.print(f"{found.window.text}; {found.scored:.0%} of the rows were scored", style="dim")
        if not found.anomalies:
            self.console.print("No unusual events." if found.scored else "Nothing is known: no row was scored.")
        for title, frames in (
            ("Unusual events", found.anomalies),
            ("Explained by logged moves", found.explained),
            ("Withdrawn: late samples explained them", found.withdrawn),
        ):
            if frames:
                self.console.print(self._frames(title, frames))
        if found.moves:
            self.console.print(self._logged(found.moves))

    def _evidence(self, evidence: tuple[Evidence, ...]) -> Table:
        rows = _table("Evidence", "what", "value", "tag", "from")
        for item in evidence[:MOST_ROWS]:
            rows.add_row(item.name, self._value(item), item.tag or "", item.source)
        if len(evidence) > MOST_ROWS:
            rows.caption = f"and {len(evidence) - MOST_ROWS} more (--json gives all)"
        return rows

    def _applied(self, moves: tuple[AppliedMove, ...]) -> Table:
        rows = _table("Moves", "tag", "from", "to", "in force")
        for move in moves:
            before, after = (amount_of(value, move.unit) for value in (move.before, move.after))
            rows.add_row(move.tag, before, after, f"{self._instant(move.start)} to {self._instant(move.end)}")
        return rows

    def _logged(self, moves: tuple[LoggedMove, ...]) -> Table:
        rows = _table("Logged moves", "time", "tag", "from", "to")
        for move in moves:
            before, after = (amount_of(value, move.unit) for value in (move.before, move.after))
            rows.add_row(self._instant(move.time), move.tag, before, after)
        return rows

    def _frames(self, title: str, frames: tuple[EventFrame, ...]) -> Table:
        rows = _table(title, "start", "end", "severity", "what", "id")
        for frame in frames:
            end = "open" if frame.end is None else self._instant(frame.end)
            severity = Text(frame.severity.value, style=COLOURS[frame.severity])
            rows.add_row(self._instant(frame.start), end, severity, self._told(frame), frame.id)
        return rows

    def _told(self, frame: EventFrame) -> str:
        if frame.backfilled_at is None or frame.withdrawn:
            return frame.message
        return f"{frame.message} (after late samples at {self._instant(frame.backfilled_at)})"

    def _value(self, item: Evidence) -> str:
        if isinstance(item.value, float):
            return amount_of(item.value, item.unit or "1")
        moment = _moment(item.value) if isinstance(item.value, str) else item.value
        return str(item.value) if moment is None else self._instant(moment)

    def _instant(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%a %d %b %H:%M}"


def _moment(text: str) -> datetime | None:
    """The instant that a JSON string stands for; None for other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _effects(effects: tuple[Effect, ...]) -> Table:
    rows = _table("Effect (scenario minus baseline, last hour)", "tag", "mean", "90 % interval", "in sigma")
    for item in effects[:MOST_ROWS]:
        interval = f"{plain(item.p05, 3)} … {amount_of(item.p95, item.unit, 3)}"
        rows.add_row(item.tag, amount_of(item.mean, item.unit, 3), interval, plain(item.sigma, 2))
    return rows


def _kpis(kpis: tuple[KpiEffect, ...]) -> Table:
    rows = _table("Key figures, mean over the horizon", "what", "baseline", "scenario", "effect", "90 % interval")
    for item in kpis:
        without, with_moves, effect = (
            amount_of(value, item.unit) for value in (item.baseline, item.scenario, item.effect)
        )
        interval = f"{plain(item.p05, 3)} … {amount_of(item.p95, item.unit, 3)}"
        rows.add_row(item.name, without, with_moves, effect, interval)
    return rows


def _risks(risks: list[LimitRisk]) -> Table:
    rows = _table(
        "Probability of passing a limit", "tag", "limit", "baseline", "scenario", "in half of all futures within"
    )
    for risk in sorted(risks, key=lambda risk: -risk.scenario)[:MOST_ROWS]:
        limit = f"{risk.limit} {amount_of(risk.value, risk.unit)}"
        half = risk.scenario_hazard.p50 if risk.scenario_hazard else None
        rows.add_row(
            risk.tag, limit, f"{risk.baseline:.0%}", f"{risk.scenario:.0%}", "-" if half is None else hours(half)
        )
    return rows


def _table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made
