"""Kafka as a source: a member of a consumer group whose offsets are committed after the historian's commit."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Annotated, Literal, Self

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    ConsumerRebalanceListener,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka import errors as kafka_errors
from pydantic import Field, SecretStr, StringConstraints, model_validator

from ingest.kafka_offsets import Offsets, Receipt
from ingest.kafka_payload import LineProtocol, PayloadFormat, PayloadReader
from ingest.kafka_security import REFUSED, KafkaTls, Mechanism, options, probe
from ingest.payload_json import JsonPayload
from ingest.source_config import SourceConfig, SourceContext
from twin.delivery import Delivery
from twin.duration import Duration
from twin.errors import ConfigurationError

log = structlog.get_logger()

_POLL_MS = 500
_CLOSE_S = 10.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_MIB = 1 << 20

Server = Annotated[str, StringConstraints(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):\d{1,5}$")]
Topic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._\-]{1,249}$")]


class KafkaConfig(SourceConfig):
    """Topics of a Kafka cluster, read as a member of a consumer group."""

    kind: Literal["kafka"] = "kafka"
    servers: tuple[Server, ...] = Field(min_length=1, description="Some of the brokers, host:port")
    topics: tuple[Topic, ...] = Field(min_length=1)
    group: str = Field(default="foretell", min_length=1, description="Its members share the partitions")
    format: PayloadFormat = Field(default=PayloadFormat.JSON, description="What a message holds")
    payload: JsonPayload = JsonPayload()
    lines: LineProtocol = LineProtocol()
    start: Literal["earliest", "latest"] = Field(default="earliest", description="Where a group begins that is new")
    tls: KafkaTls | None = None
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    max_messages: int = Field(default=2000, ge=1, le=100_000, description="Messages of one delivery")
    partition_mib: int = Field(default=1, ge=1, le=100, description="Read ahead for each partition")
    session: Duration = Field(default=timedelta(seconds=10), description="A member silent this long loses its share")

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        return self

    def build(self, context: SourceContext) -> "KafkaSource":
        """The source; nothing is opened yet."""
        return KafkaSource(self)

    def security(self) -> dict[str, object]:
        """The client's options; raises ConfigurationError when a certificate cannot be used."""
        try:
            return options(self.tls, self.mechanism, self.username, self.password)
        except OSError as error:
            detail = f"source {self.name}: tls: {self.tls}: {error}"
            raise ConfigurationError(detail, field="tls", value=str(self.tls)) from error


class KafkaSource(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads the partitions that the group gives it, and commits what is acknowledged.

    At least once: a group goes on from its committed offsets, so what was read and not acknowledged comes again,
    here or at the partition's next owner. Messages that the broker deleted before they were read are said to be lost.
    """

    def __init__(self, config: KafkaConfig) -> None:
        self._config = config
        self._reader = PayloadReader(config.format, config.payload, config.lines)
        self._offsets = Offsets()
        self._consumer: AIOKafkaConsumer | None = None
        self._joined = self._answering = False
        self._acknowledged = asyncio.Event()
        self._committer: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return self._config.name

    @property
    def connected(self) -> bool:
        """Whether it is a member of its group and the brokers answer."""
        return self._joined and self._answering

    async def __aenter__(self) -> Self:
        self._committer = asyncio.create_task(self._commit_acknowledged())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._committer is not None:
            self._committer.cancel()
            await asyncio.gather(self._committer, return_exceptions=True)
        await self._commit()
        await self._close()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                deliveries = await self._next()
            except (kafka_errors.KafkaError, OSError, TimeoutError) as error:
                self._say_away(await self._cause(error), pause)
                await self._close()
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                continue
            pause = _FIRST_PAUSE_S
            for delivery in deliveries:
                yield delivery

    async def acknowledge(self, delivery: Delivery) -> None:
        """Let its offsets be committed soon; without effect when its partitions went to another member since."""
        if not isinstance(delivery.receipt, Receipt):
            return
        if self._offsets.acknowledge(delivery.receipt):
            self._acknowledged.set()
        else:
            log.info("stored after a rebalance, will come again", source=self.name)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Commit what is stored; the rest is left to the next owner."""
        self._joined = False
        await self._commit()
        self._offsets.revoked()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Start from what the group committed."""
        self._joined = True
        log.info("partitions assigned", source=self.name, partitions=sorted(map(_place, assigned)))

    async def _next(self) -> list[Delivery]:
        """What came in the next half second."""
        consumer = self._consumer or await self._open()
        assignment = self._offsets.assignment
        try:
            found = await consumer.getmany(timeout_ms=_POLL_MS, max_records=self._config.max_messages)
        except kafka_errors.NoOffsetForPartitionError as error:
            await self._begin(consumer, error.args[0])
            return []
        except kafka_errors.OffsetOutOfRangeError as error:
            await self._begin_again(consumer, error.args[0])
            return []
        self._answering = bool(found) or self._fresh(consumer)
        after = {partition: records[-1].offset + 1 for partition, records in found.items() if records}
        return self._deliveries(found, Receipt(assignment, after))

    def _deliveries(
        self, found: Mapping[TopicPartition, Sequence[ConsumerRecord]], receipt: Receipt
    ) -> list[Delivery]:
        """The messages' samples; the last delivery carries the receipt, since they are acknowledged in order."""
        deliveries = self._reader.read([record for records in found.values() for record in records])
        return [*deliveries[:-1], *(replace(last, receipt=receipt) for last in deliveries[-1:])]

    async def _open(self) -> AIOKafkaConsumer:
        """A consumer that has joined the group."""
        config, session_ms = self._config, int(self._config.session / timedelta(milliseconds=1))
        consumer = AIOKafkaConsumer(
            bootstrap_servers=list(config.servers),
            client_id=f"foretell-{config.name}",
            group_id=config.group,
            enable_auto_commit=False,
            auto_offset_reset="none",  # so that we choose, and say what was lost
            max_partition_fetch_bytes=config.partition_mib * _MIB,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=max(session_ms // 5, 1),
            request_timeout_ms=session_ms + 5_000,
            **config.security(),
        )
        consumer.subscribe(list(config.topics), listener=self)
        self._consumer = consumer
        await consumer.start()
        return consumer

    async def _close(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._joined = self._answering = False
        if consumer is not None:
            with contextlib.suppress(kafka_errors.KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(_CLOSE_S):
                    await consumer.stop()
        self._offsets.revoked()

    async def _begin(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        """The group is new to the partition."""
        oldest = self._config.start == "earliest"
        limits = await (consumer.beginning_offsets if oldest else consumer.end_offsets)([partition])
        log.info("partition is new to the group", source=self.name, partition=_place(partition), at=limits[partition])
        consumer.seek(partition, limits[partition])
        if not oldest:  # kept, or messages that come before the first commit would be skipped by the next start
            self._offsets.acknowledge(Receipt(self._offsets.assignment, limits))
            self._acknowledged.set()

    async def _begin_again(self, consumer: AIOKafkaConsumer, gone: Mapping[TopicPartition, int]) -> None:
        """The broker no longer has what comes next: retention was quicker, or it lost its log."""
        oldest = await consumer.beginning_offsets(list(gone))
        for partition, wanted in gone.items():
            log.error(
                "messages gone from the broker before they were read",
                source=self.name,
                partition=_place(partition),
                wanted=wanted,
                oldest=oldest[partition],
                lost=max(oldest[partition] - wanted, 0),
            )
        await consumer.seek_to_beginning(*gone)

    async def _cause(self, error: BaseException) -> BaseException:
        """Why the brokers are away; raises ConfigurationError when no new try mends that."""
        cause = error
        if isinstance(error, kafka_errors.KafkaConnectionError):  # of all brokers, and says nothing more
            cause = await probe(self._config.servers, self._config.security()) or error
        if isinstance(cause, REFUSED):
            raise ConfigurationError(f"source {self.name}: {_said(cause)}", field="servers") from cause
        return cause

    def _say_away(self, error: BaseException, pause: float) -> None:
        log.warning(
            "kafka away",
            source=self.name,
            servers=self._config.servers,
            topics=self._config.topics,
            reason=_said(error),
            pause_s=pause,
        )

    def _fresh(self, consumer: AIOKafkaConsumer) -> bool:
        """Whether a partition was heard of within the session time, or there is none to hear of."""
        heard = [consumer.last_poll_timestamp(partition) for partition in consumer.assignment()]
        if not heard:
            return True
        newest = max(moment or 0 for moment in heard) / 1000
        return time.time() - newest < self._config.session / timedelta(seconds=1)

    async def _commit_acknowledged(self) -> None:
        while True:
            await self._acknowledged.wait()
            self._acknowledged.clear()
            if not await self._commit():
                await asyncio.sleep(_FIRST_PAUSE_S)
                self._acknowledged.set()

    async def _commit(self) -> bool:
        """Commit what is stored; False when the brokers could not take it now."""
        due = self._offsets.due()
        if not due or self._consumer is None:
            return True
        try:
            async with asyncio.timeout(self._config.session / timedelta(seconds=2)):
                await self._consumer.commit(due)
        except (kafka_errors.CommitFailedError, kafka_errors.IllegalStateError) as error:
            log.info("partitions went to another member", source=self.name, reason=_said(error))
        except (kafka_errors.KafkaError, OSError, TimeoutError) as error:
            log.warning("offsets not committed", source=self.name, reason=_said(error))
            return False
        else:
            self._offsets.committed(due)
        return True


def _place(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
