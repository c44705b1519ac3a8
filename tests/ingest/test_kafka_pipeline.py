"""Kafka through the pipeline into a real Postgres, compared with the sender's ledger."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.kafka import KafkaConfig
from ingest.pipeline import Pipeline
from ingest.source_config import SourceContext
from twin.clock import Span, SystemClock
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant

from .kafka_broker import KafkaBroker

TAGS = ("reactor_level", "reactor_pressure", "reactor_temperature")
POISON = 7


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    broker = KafkaBroker(tmp_path)
    broker.start()
    broker.create("plant", 4)
    yield broker
    broker.kill()


@pytest.mark.integration
def test_two_pipelines_of_one_group_store_every_message_of_the_ledger_once_and_count_the_poisoned(
    broker: KafkaBroker, demo_plant: Plant, engine: Engine
) -> None:
    migrate(engine)
    historian, clock = PostgresHistorian(engine, demo_plant), SystemClock()
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    times = [start + timedelta(seconds=i) for i in range(700)]
    ledger = {(tag, time): 50.0 + i % 10 for i, time in enumerate(times) for tag in TAGS}
    sound = [
        (b"asset %d" % (i % 9), json.dumps({"tag": tag, "time": time.isoformat(), "value": value}).encode())
        for i, ((tag, time), value) in enumerate(ledger.items())
    ]
    poisoned = [(b"asset %d" % i, b"{poison %d" % i) for i in range(POISON)]
    config = KafkaConfig(name="bus", servers=(broker.address,), topics=("plant",), session=timedelta(seconds=2))
    pipelines = [Pipeline(demo_plant, historian, clock=clock) for _ in range(2)]
    stops = [threading.Event() for _ in pipelines]

    def stored() -> int:
        span = Span(start, start + timedelta(hours=1))
        return sum(len(historian.samples(tag, span)) for tag in TAGS)

    async def scene() -> None:
        context = SourceContext(demo_plant, clock, Path("unused"))
        runs = [
            asyncio.create_task(pipeline.run(config.build(context), stop))
            for pipeline, stop in zip(pipelines, stops, strict=True)
        ]
        async with asyncio.timeout(60):
            await broker.send_now("plant", [*sound[:1000], *poisoned, *sound[1000:]])
            while await asyncio.to_thread(stored) < len(ledger):
                assert not any(run.done() for run in runs)
            for stop in stops:
                stop.set()
            await asyncio.gather(*runs)

    asyncio.run(scene())
    span = Span(start, start + timedelta(hours=1))
    found = {(s.tag, s.time): s.value for tag in TAGS for s in historian.samples(tag, span)}
    assert found == ledger
    totals = [pipeline.counters for pipeline in pipelines]
    assert sum(count.accepted for count in totals) == len(ledger)
    assert sum(count.rejected.get("not JSON", 0) for count in totals) >= POISON
