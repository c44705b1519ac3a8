"""The journal on Postgres, and in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from twin.answer import Answer
from twin.clock import Span
from twin.errors import NotFound
from twin.historian.connection import store_errors
from twin.historian.tables import ALERT_NOTICE, ANSWER, LOG_ENTRY, SCENARIO
from twin.journal import (
    AlertNotice,
    AnsweredQuestion,
    LogEntry,
    ScenarioHead,
    TriedScenario,
    head_of,
    moves_of,
)

_HEAD = ("id", "created_at", "name", "author", "question", "rerun_of", "model_version", "verdict", "moves")


class PostgresJournal:
    """Keeps the journal in a database whose schema `migrate` has made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_entry(self, entry: LogEntry) -> None:
        """Keep what somebody wrote down; see Journal."""
        self._add(LOG_ENTRY, entry.model_dump())

    def entries(self, span: Span) -> tuple[LogEntry, ...]:
        """What was written down about instants in [start, end); see Journal."""
        return tuple(LogEntry.model_validate(_fields(row, LogEntry)) for row in self._during(LOG_ENTRY, "time", span))

    def add_answer(self, answered: AnsweredQuestion) -> None:
        """Keep a question and its answer; see Journal."""
        answer = answered.answer
        told = {"status": answer.status.value, "text": answer.text, "engine": answer.engine}
        row = {**told, "model_version": answer.model_version, "body": answer.model_dump(mode="json")}
        self._add(ANSWER, {**answered.model_dump(exclude={"answer"}), **row, **_figures(answer)})

    def answers(self, span: Span) -> tuple[AnsweredQuestion, ...]:
        """What was asked in [start, end); see Journal."""
        return tuple(map(_answered, self._during(ANSWER, "time", span)))

    def latest_answer(self, sessions: Sequence[str], span: Span) -> AnsweredQuestion | None:
        """What was asked last in these sessions; see Journal."""
        time = ANSWER.c.time
        mine = ANSWER.c.session.in_(sessions), ANSWER.c.intent.is_not(None)
        query = select(ANSWER).where(time >= span.start, time < span.end, *mine)
        with store_errors(self._engine), self._engine.connect() as connection:
            newest = query.order_by(time.desc(), ANSWER.c.id.desc()).limit(1)
            row = connection.execute(newest).mappings().one_or_none()
        return None if row is None else _answered(row)

    def add_scenario(self, tried: TriedScenario) -> None:
        """Keep a scenario and what came of it; see Journal."""
        outcome = tried.outcome
        found = {"model_version": outcome.model_version, "verdict": outcome.verdict.support.value}
        stretch = {"start_time": outcome.start, "horizon": outcome.end - outcome.start, "moves": moves_of(outcome)}
        body = tried.model_dump(mode="json", include={"scenario", "outcome"})
        self._add(SCENARIO, {**tried.model_dump(exclude={"scenario", "outcome"}), **found, **stretch, "body": body})

    def scenarios(self, span: Span) -> tuple[TriedScenario, ...]:
        """What was tried out in [start, end); see Journal."""
        return tuple(map(_scenario, self._during(SCENARIO, "created_at", span)))

    def scenario_heads(self, span: Span, *, named: bool = False) -> tuple[ScenarioHead, ...]:
        """The same without their rollouts; see Journal."""
        row = SCENARIO.c
        query = (
            select(*(row[name] for name in _HEAD), row.start_time.label("start"))
            .add_columns((row.start_time + row.horizon).label("end"))
            .where(row.created_at >= span.start, row.created_at < span.end)
            .order_by(row.created_at, row.id)
        )
        with store_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.where(row.name.is_not(None)) if named else query).mappings()
            return tuple(ScenarioHead.model_validate(dict(found)) for found in rows)

    def rename_scenario(self, scenario_id: str, name: str | None) -> TriedScenario:
        """Give a scenario another name, or none; see Journal."""
        statement = update(SCENARIO).where(SCENARIO.c.id == scenario_id).values(name=name).returning(SCENARIO)
        with store_errors(self._engine), self._engine.begin() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            raise _no_scenario(scenario_id)
        return _scenario(row)

    def add_notice(self, notice: AlertNotice) -> None:
        """Keep what Grafana told of an alert; see Journal."""
        self._add(ALERT_NOTICE, notice.model_dump())

    def notices(self, span: Span) -> tuple[AlertNotice, ...]:
        """What was told in [start, end); see Journal."""
        return tuple(AlertNotice.model_validate(dict(row)) for row in self._during(ALERT_NOTICE, "received_at", span))

    def scenario(self, scenario_id: str) -> TriedScenario:
        """The scenario of that id; see Journal."""
        with store_errors(self._engine), self._engine.connect() as connection:
            row = connection.execute(select(SCENARIO).where(SCENARIO.c.id == scenario_id)).mappings().one_or_none()
        if row is None:
            raise _no_scenario(scenario_id)
        return _scenario(row)

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        with store_errors(self._engine), self._engine.begin() as connection:
            connection.execute(insert(table).values(row).on_conflict_do_nothing())

    def _during(self, table: Table, name: str, span: Span) -> Iterable[RowMapping]:
        time = table.c[name]
        query = select(table).where(time >= span.start, time < span.end).order_by(time, table.c.id)
        with store_errors(self._engine), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


class MemoryJournal:
    """Keeps the journal in dictionaries, for one thread at a time."""

    def __init__(self) -> None:
        self._entries: dict[str, LogEntry] = {}
        self._answers: dict[str, AnsweredQuestion] = {}
        self._scenarios: dict[str, TriedScenario] = {}
        self._notices: dict[tuple[str, str, datetime], AlertNotice] = {}

    def add_entry(self, entry: LogEntry) -> None:
        """Keep what somebody wrote down; see Journal."""
        self._entries.setdefault(entry.id, entry)

    def entries(self, span: Span) -> tuple[LogEntry, ...]:
        """What was written down about instants in [start, end); see Journal."""
        return tuple(sorted((e for e in self._entries.values() if e.time in span), key=lambda e: (e.time, e.id)))

    def add_answer(self, answered: AnsweredQuestion) -> None:
        """Keep a question and its answer; see Journal."""
        self._answers.setdefault(answered.id, answered)

    def answers(self, span: Span) -> tuple[AnsweredQuestion, ...]:
        """What was asked in [start, end); see Journal."""
        return tuple(sorted((a for a in self._answers.values() if a.time in span), key=lambda a: (a.time, a.id)))

    def latest_answer(self, sessions: Sequence[str], span: Span) -> AnsweredQuestion | None:
        """What was asked last in these sessions; see Journal."""
        mine = [kept for kept in self.answers(span) if kept.answer.session in sessions and kept.answer.plans]
        return mine[-1] if mine else None

    def add_scenario(self, tried: TriedScenario) -> None:
        """Keep a scenario and what came of it; see Journal."""
        self._scenarios.setdefault(tried.id, tried)

    def scenarios(self, span: Span) -> tuple[TriedScenario, ...]:
        """What was tried out in [start, end); see Journal."""
        found = (tried for tried in self._scenarios.values() if tried.created_at in span)
        return tuple(sorted(found, key=lambda tried: (tried.created_at, tried.id)))

    def scenario_heads(self, span: Span, *, named: bool = False) -> tuple[ScenarioHead, ...]:
        """The same without their rollouts; see Journal."""
        return tuple(head_of(tried) for tried in self.scenarios(span) if tried.name is not None or not named)

    def rename_scenario(self, scenario_id: str, name: str | None) -> TriedScenario:
        """Give a scenario another name, or none; see Journal."""
        renamed = self.scenario(scenario_id).model_copy(update={"name": name})
        self._scenarios[scenario_id] = renamed
        return renamed

    def add_notice(self, notice: AlertNotice) -> None:
        """Keep what Grafana told of an alert; see Journal."""
        self._notices.setdefault((notice.fingerprint, notice.status, notice.starts_at), notice)

    def notices(self, span: Span) -> tuple[AlertNotice, ...]:
        """What was told in [start, end); see Journal."""
        found = (notice for notice in self._notices.values() if notice.received_at in span)
        return tuple(sorted(found, key=lambda notice: (notice.received_at, notice.id)))

    def scenario(self, scenario_id: str) -> TriedScenario:
        """The scenario of that id; see Journal."""
        try:
            return self._scenarios[scenario_id]
        except KeyError as error:
            raise _no_scenario(scenario_id) from error


def _no_scenario(scenario_id: str) -> NotFound:
    return NotFound(f"there is no scenario {scenario_id!r}", field="scenario_id", value=scenario_id)


def _figures(answer: Answer) -> dict[str, Any]:
    """What dashboards count of an answer."""
    spent = answer.spent
    return {
        "session": answer.session,
        "intent": answer.plans[0].intent if answer.plans else None,
        "latency_s": (spent.read_ms + spent.run_ms + spent.word_ms) / 1000,
        "statements": answer.grounding.checked,
        "withheld": len(answer.grounding.unmatched),
    }


def _fields(row: RowMapping, kind: type[LogEntry] | type[AnsweredQuestion] | type[TriedScenario]) -> dict[str, Any]:
    return {name: row[name] for name in kind.model_fields if name in row}


def _answered(row: RowMapping) -> AnsweredQuestion:
    return AnsweredQuestion.model_validate(_fields(row, AnsweredQuestion) | {"answer": row["body"]})


def _scenario(row: RowMapping) -> TriedScenario:
    return TriedScenario.model_validate(_fields(row, TriedScenario) | row["body"])
