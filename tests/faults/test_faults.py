"""Whatever breaks: every acknowledged sample is in the table once, and ingest goes on without a person's help."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.publish as publish
import pytest

from twin.historian.embedded import EmbeddedPostgres

from .conftest import LONG, Stand, standing
from .senders import TOPIC, HttpSender, MqttSender, document, snapshot
from .stand import TAGS, until

KILLS = 3 if LONG else 2
SECONDS = 2.5 if LONG else 1.5
DUPLICATES = 1_000_000 if LONG else 100_000
Book = Callable[..., None]

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small tmpfs")


def server_pid(server: EmbeddedPostgres) -> int:
    file = server._cluster.folder / "cluster" / "postmaster.pid"
    return int(file.read_text().splitlines()[0])


def test_kill_9_of_ingest(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for _ in range(KILLS):
            sender.send_for(SECONDS)
            stand.ingest.restart()
    took = stand.settle()
    book(stand, kills=KILLS, settled_s=round(took, 1))


def test_kill_9_of_postgres(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for _ in range(KILLS):
            sender.send_for(SECONDS)
            os.kill(server_pid(stand.server), signal.SIGKILL)
            sender.send_for(SECONDS)
    took = stand.settle()
    assert stand.ingest.starts == 1
    book(stand, kills=KILLS, settled_s=round(took, 1))


def test_kill_9_of_the_broker(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for _ in range(KILLS):
            sender.send_for(SECONDS)
            stand.broker.kill()
            stand.ledger.doubt(stand.broker.saved)
            stand.broker.start()
        sender.send_for(SECONDS)
    took = stand.settle()
    assert stand.ingest.starts == 1
    book(stand, kills=KILLS, settled_s=round(took, 1))


def test_kill_9_of_everything_at_once(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for _ in range(KILLS):
            sender.send_for(SECONDS)
            os.kill(server_pid(stand.server), signal.SIGKILL)
            stand.broker.kill()
            stand.ledger.doubt(stand.broker.saved)
            stand.ingest.kill()
            stand.broker.start()
            stand.ingest.start()
    took = stand.settle()
    book(stand, kills=3 * KILLS, settled_s=round(took, 1))


def test_a_network_cut_in_the_middle_of_a_batch(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for number in range(KILLS):
            stand.relay.cut_after(20_000 + 7_000 * number)
            cuts = stand.relay.cuts
            until(lambda cuts=cuts: stand.relay.cuts > cuts, "the network is cut")
            sender.send_for(SECONDS)
            stand.relay.mend()
    took = stand.settle()
    assert stand.ingest.starts == 1
    book(stand, cuts=stand.relay.cuts, settled_s=round(took, 1))


def test_an_http_sender_that_repeats_itself_until_it_hears_yes(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    sender = HttpSender(stand.ingest, stand.ledger)
    start = datetime.now(UTC)
    for number in range(100 * KILLS):
        if number % 100 == 50:
            stand.relay.cut_after(1_000)
            mend_at = time.monotonic() + 1
        if number % 100 > 50 and not stand.relay._passing.is_set() and time.monotonic() > mend_at:
            stand.relay.mend()
        batch = snapshot(number, start + timedelta(milliseconds=number))
        while not _sent(sender, stand, batch):
            stand.relay.mend()
    stand.settle()
    book(stand, refusals=sender.refusals)


def _sent(sender: HttpSender, stand: Stand, batch: list[tuple[str, datetime, float]]) -> bool:
    tries = iter(range(3))
    before = len(sender.answers)
    sender.send(batch, patience=lambda: next(tries, None) is not None)
    return len(sender.answers) > before


def test_the_database_is_away_longer_than_memory_lasts(stand: Stand, book: Book) -> None:
    """The spool takes what comes; a kill in the middle of it loses nothing."""
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        sender.send_for(SECONDS)
        stand.relay.cut()
        sender.send_for(SECONDS)
        until(lambda: stand.status()["spool"]["samples"] > 0, "samples are on the spool")
        stand.ingest.restart()
        sender.send_for(SECONDS)
        until(lambda: stand.status()["spool"]["samples"] > 0, "what the spool held is still there")
        spooled = stand.status()["spool"]["samples"]
        stand.relay.mend()
    took = stand.settle()
    until(lambda: stand.status()["spool"]["samples"] == 0, "the spool is empty again")
    book(stand, spooled=spooled, settled_s=round(took, 1))


@contextmanager
def small_disk(folder: Path, megabytes: float) -> Iterator[Path]:
    """A file system of a few MB."""
    folder.mkdir()
    options = f"size={int(megabytes * 1024)}k,mode=0755"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False).returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@AS_ROOT
def test_the_disk_of_the_spool_is_full(stand: Stand, book: Book) -> None:
    """The spool leaves the last 8 MB of a disk alone; the broker keeps what neither of them takes."""
    with small_disk(stand.folder / "disk", 9) as disk:
        stand.ingest.data_dir = disk
        stand.ingest.pipeline = {"queue_size": 20_000}
        stand.ingest.start()
        with MqttSender(stand.broker.port, stand.ledger) as sender:
            stand.relay.cut()
            until(lambda: "takes no more" in str(stand.status()["sources"][0]["last_error"]), "the disk is full")
            sender.send_for(SECONDS)
            spooled = stand.status()["spool"]["samples"]
            stand.relay.mend()
        took = stand.settle()
        assert stand.ingest.starts == 1
        book(stand, spooled=spooled, settled_s=round(took, 1))
        stand.ingest.kill()


@AS_ROOT
def test_the_disk_of_the_database_is_full(tmp_path: Path, book: Book) -> None:
    """Postgres cannot write, perhaps not even live; ingest spools, and both go on once there is room."""
    with (
        small_disk(tmp_path / "disk", 300) as disk,
        EmbeddedPostgres(disk / "postgres") as server,
        standing(tmp_path, server) as stand,
    ):
        stand.ingest.start()
        with MqttSender(stand.broker.port, stand.ledger) as sender:
            sender.send_for(SECONDS)
            ballast = disk / "ballast"
            with suppress(OSError):  # what Postgres writes meanwhile fills the disk as well
                ballast.write_bytes(bytes(shutil.disk_usage(disk).free - 200_000))
            until(lambda: stand.status()["spool"]["samples"] > 0, "the database takes no more")
            sender.send_for(SECONDS)
            ballast.unlink()
        took = stand.settle()
        assert stand.ingest.starts == 1
        book(stand, settled_s=round(took, 1))
        stand.ingest.kill()


def test_the_clock_of_a_sender_jumps(stand: Stand, book: Book) -> None:
    """An hour ahead, samples are dead letters and the skew is told; a person lets them in and replays them."""
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        sender.send_for(SECONDS)
        sender.shift = timedelta(hours=1)
        until(lambda: dead(stand) > 0, "samples from the future are refused")
        sender.send_for(SECONDS)
        until(lambda: bool(stand.status()["sources"][0]["skewed"]), "the skew is told")
        sender.shift = timedelta(0)
        sender.send_for(SECONDS)
    until(lambda: stand.rows() + dead(stand) == len(stand.ledger.owed), "stored and refused add up")
    refused = dead(stand)
    stand.ingest.pipeline = {"future_tolerance": "2 h"}
    stand.ingest.restart()
    status, answer = stand.ingest.post("/v1/ingest/dead-letters/replay", b"{}")
    assert (status, answer["stored"]) == (200, refused), answer
    took = stand.settle()
    assert dead(stand) == 0
    book(stand, dead_letters_replayed=refused, settled_s=round(took, 1))


def dead(stand: Stand) -> int:
    """Samples and payloads among the dead letters."""
    number: int = stand.status()["dead_letters"]["samples"]
    return number


POISON = {
    b"": 1,
    b"{": 1,
    b"\xff\xfe\x00": 1,
    b"[1, [2, [3]]]": 2,
    b'{"tag": "T01"}': 1,
    b'{"tag": "T01", "time": "yesterday", "value": 1}': 1,
    b'{"tag": "NOSUCH", "time": "2026-03-01T00:00:00Z", "value": 1}': 1,
    b'{"tag": "T01", "time": "2026-03-01T00:00:00Z", "value": "warm"}': 1,
    b'{"tag": "T01", "time": "2999-01-01T00:00:00Z", "value": 1}': 1,
    b'{"tag": "T01", "time": "2026-03-01T00:00:00Z", "value": 1, "quality": "lovely"}': 1,
    b"[" * 100_000: 1,
    bytes(range(256)) * 100: 1,
}
"""Messages, and the dead letters that each of them makes."""


def test_poison_messages(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        for payload in POISON:
            publish.single(TOPIC, payload, qos=1, hostname="127.0.0.1", port=stand.broker.port)
        sender.send_for(SECONDS)
    took = stand.settle()
    until(lambda: dead(stand) == sum(POISON.values()), "every poison message is among the dead letters")
    assert stand.ingest.starts == 1
    book(stand, poison=len(POISON), dead_letters=dead(stand), settled_s=round(took, 1))


def test_duplicates(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    start = datetime.now(UTC) - timedelta(hours=1)
    samples = [row for number in range(500) for row in snapshot(number, start + timedelta(seconds=number))]
    stand.ledger.acknowledge(stand.ledger.send(samples))
    body = json.dumps({"samples": document(samples)}).encode()
    repeats = 1 + DUPLICATES // len(samples)
    answers = [stand.ingest.post("/v1/samples", body) for _ in range(repeats)]
    assert {status for status, _ in answers} == {200}
    assert sum(answer["accepted"] for _, answer in answers) == len(samples)
    assert sum(answer["duplicates"] for _, answer in answers) == len(samples) * (repeats - 1)
    stand.settle()
    book(stand, duplicates=len(samples) * (repeats - 1))


def test_samples_three_days_late(stand: Stand, book: Book) -> None:
    stand.ingest.start()
    with MqttSender(stand.broker.port, stand.ledger) as sender:
        sender.send_for(SECONDS)
        sender.shift = -timedelta(days=3)
        sender.send_for(SECONDS)
        sender.shift = timedelta(0)
        sender.send_for(SECONDS)
    took = stand.settle()
    assert stand.scalar("SELECT sum(count) FROM rollup_1h") == len(stand.table())
    assert stand.scalar("SELECT count(*) FROM backfill") > 0
    book(stand, settled_s=round(took, 1), tags=len(TAGS))
