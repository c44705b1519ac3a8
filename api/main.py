"""The composition root: the one module of the API that names concrete classes.

Everything heavy is imported where it is built, so that `foretell --help` and the REST client need no torch.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from fastapi import FastAPI
from rich.console import Console
from sqlalchemy import Engine, text

from api.app import create_app
from api.background import Background
from api.dependencies import AppState, Worker
from api.engines import conversation, warm_up
from api.language.conversation import ConversationConfig
from api.lifecycle.desk import Desk, RegistryDesk
from api.lifecycle.language import language_model, tells
from api.lifecycle.loading import load_champion, registry_of
from api.lifecycle.serving import Serving
from api.lifecycle.trainer import Trainer
from api.notebook import Notebook
from api.progress import Report, Stages
from api.report.shifts import ShiftReports
from api.roles import Role
from api.routes.samples import Accepted
from api.security import choose_key
from ingest.config import IngestConfig, load_ingest
from ingest.formats.bodies import Bodies
from ingest.pipeline import Pipeline
from ingest.recorder import IngestRecorder
from ingest.source_config import SourceConfig, SourceContext
from models.anomaly.silence import SilenceWatch
from twin.clock import Clock, SystemClock
from twin.errors import ConfigurationError, StoreUnavailable
from twin.historian import backup
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import PostgresIngestLog
from twin.historian.journal import PostgresJournal
from twin.historian.maintenance import Maintenance
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import check_schema, migrate
from twin.historian.tables import METADATA, TAG
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.plantfile import load_plant
from twin.protocols import Historian, Twin
from twin.settings import Settings

if TYPE_CHECKING:
    from dashboards.client.desk import GrafanaDesk as GrafanaDesk
    from ingest.demo.source import DemoPlant

ROOT = Path(__file__).parent.parent
DEMO_PLANT_FILE = ROOT / "ingest" / "demo" / "plant.yaml"
POSTGRES = "postgres"
INGEST = "ingest"
NIGHT, PLANT, TRUTH = "night.txt", "plant.json", "truth.json"
MINUTE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class DemoState(Enum):
    """What the data folder holds of the demo plant."""

    NONE = auto()
    PAST = auto()
    CURRENT = auto()


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one process, built."""

    settings: Settings
    engine: Engine
    ingest: IngestConfig
    pipeline: Pipeline
    notebook: Notebook
    twin: Twin
    serving: Serving | None
    desk: Desk | None

    def check(self) -> None:
        """Raise StoreUnavailable or SchemaMismatch unless the store can be used."""
        check_schema(self.engine)


@contextmanager
def database(settings: Settings, console: Console) -> Iterator[str]:
    """The URL of the configured database, or of an embedded Postgres in the data folder."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir / POSTGRES, report=console.print) as server:
        yield server.url


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    """An engine that is closed afterwards."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def upgrade(url: str) -> None:
    """Bring the schema to this version."""
    with engine_of(url) as engine:
        migrate(engine)


def check(url: str) -> None:
    """Raise StoreUnavailable or SchemaMismatch unless the database fits this version."""
    with engine_of(url) as engine:
        check_schema(engine)


def back_up(url: str, file: Path, report: Report) -> int:
    """Write the whole historian into a file; gives how many rows it holds."""
    with engine_of(url) as engine:
        return backup.back_up(engine, file, report).rows


def restore(url: str, file: Path, report: Report) -> int:
    """Put a backup into an empty database; gives how many rows came back."""
    with engine_of(url) as engine:
        return backup.restore(engine, file, report).rows


def read_plant(settings: Settings) -> Plant:
    """The plant of the plant file, or the demo plant; raises PlantFileError."""
    return load_plant(settings.plant_file or DEMO_PLANT_FILE)


def read_ingest(settings: Settings, plant: Plant) -> IngestConfig:
    """The sources of ingest.yaml, if there is one; raises IngestFileError."""
    return IngestConfig() if settings.ingest_file is None else load_ingest(settings.ingest_file, plant)


def versions_of(settings: Settings) -> RegistryDesk:
    """The registry of the configured plant, without database and torch."""
    return RegistryDesk(settings, registry_of(settings, read_plant(settings)))


def build(
    settings: Settings, engine: Engine, clock: Clock, *, with_model: bool = True, ingests: bool = False
) -> House:
    """Every part, on a migrated database; only a process that ingests has the folder for spool and dead letters."""
    plant = read_plant(settings)
    historian = PostgresHistorian(engine, plant)
    journal = PostgresJournal(engine)
    twin = Twin(plant, historian, PostgresEventLog(engine), None, clock, journal)
    serving, desk = _lifecycle(settings, twin) if with_model else (None, None)
    ingest = read_ingest(settings, plant) if ingests else IngestConfig()
    state = settings.data_dir / INGEST if ingests else None
    pipeline = Pipeline(plant, historian, ingest.pipeline, clock, sources=ingest.sources, state=state)
    notebook = Notebook(journal, clock)
    return House(settings, engine, ingest, pipeline, notebook, twin, serving, desk)


def _lifecycle(settings: Settings, twin: Twin) -> tuple[Serving, Desk]:
    """The champion at work, and who looks after it."""
    registry = registry_of(settings, twin.plant, twin.clock)
    watched = registry if settings.checkpoint is None else None
    serving = Serving(twin, partial(load_champion, settings, twin.plant), watched)
    return serving, Desk(settings, twin, registry, serving)


def state_of(house: House, key: str, role: Role = Role.ALL, workers: tuple[Worker, ...] = ()) -> AppState:
    """What the API stands on."""
    horizon = timedelta(hours=house.settings.max_horizon_h)
    served = language_model(house.settings)
    config = ConversationConfig(max_horizon=horizon, grafana_url=house.settings.grafana_url)
    interpreter = conversation(house.twin, served, config, prose=tells(served))
    parts = (house.twin, interpreter, house.pipeline, house, key, Bodies(), house.notebook)
    at_start = (partial(warm_up, served, house.twin),) if served else ()
    return AppState(house.settings, *parts, role, workers, lifecycle=house.desk, at_start=at_start)


@contextmanager
def furnished(
    settings: Settings,
    console: Console,
    *,
    with_model: bool = True,
    ingests: bool = False,
    clock: Clock | None = None,
) -> Iterator[House]:
    """Every part, on a database whose schema is brought to this version.

    A process that ingests does not need the database at its start: it has the spool.
    """
    with database(settings, console) as url, engine_of(url) as engine:
        try:
            migrate(engine)
        except StoreUnavailable as error:
            if not ingests:
                raise
            log.warning("historian away at the start, samples go to the spool", reason=error.detail)
        house = build(settings, engine, clock or SystemClock(), with_model=with_model, ingests=ingests)
        with house.pipeline, house.notebook:
            yield house


@contextmanager
def opened(settings: Settings, console: Console) -> Iterator[FastAPI]:
    """The API in this process, for one command: store opened, everything scored that was not yet."""
    if settings.database_url is None and not (settings.data_dir / POSTGRES).exists():
        raise ConfigurationError(
            f"no Foretell runs on {settings.data_dir} and there is no data in it: start one with `foretell demo`, "
            "or set FORETELL_DATABASE_URL or FORETELL_URL",
            field="FORETELL_DATA_DIR",
            value=str(settings.data_dir),
        )
    with furnished(settings, console) as house:
        with Stages(console).stage("New samples scored") as report:
            watch(house, report)
        yield create_app(state_of(house, choose_key(settings.model_copy(update={"host": "127.0.0.1"})), Role.API))


def watch(house: House, report: Report) -> None:
    """Score every row up to now."""
    if house.serving is not None and (loop := house.serving.loop) is not None:
        loop.catch_up(None, report)


def demo_folder(settings: Settings) -> Path:
    """Where the demo plant keeps its state."""
    return settings.data_dir / "demo"


def demo_state(house: House) -> DemoState:
    """Whether the stored history of the demo plant can go on."""
    from ingest.demo.incidents import last_night
    from ingest.demo.source import DemoPlant
    from twin.errors import InvalidInput

    folder = demo_folder(house.settings)
    try:
        stored = datetime.fromisoformat((folder / NIGHT).read_text())
        DemoPlant.resume(house.twin.plant, folder / PLANT)
    except (OSError, ValueError, InvalidInput):
        return DemoState.NONE
    night = last_night(house.twin.plant, house.twin.clock.now())
    return DemoState.CURRENT if stored == night.start else DemoState.PAST


def make_demo_history(house: House, report: Report) -> None:
    """Store four days of the demo plant, ending now; the historian is empty."""
    from ingest.demo.history import make_history
    from ingest.demo.source import DemoPlant

    folder, twin = demo_folder(house.settings), house.twin
    history = make_history(twin.plant, twin.clock.now(), on_progress=lambda share: report(0.8 * share))
    for number, batch in enumerate(history.batches, 1):
        house.pipeline.accept(batch)
        report(0.8 + 0.2 * number / len(history.batches))
    history.truth.write(folder / TRUTH)
    DemoPlant(twin.plant, history.recorder, seed=history.truth.seed).state().write(folder / PLANT)
    (folder / NIGHT).write_text(history.truth.start.isoformat())


def catch_up_demo_plant(house: House, report: Report) -> None:
    """Run the stored plant up to now, as fast as it can."""
    source = demo_plant(house)
    begin, now = source.time, house.twin.clock.now()

    async def go_on() -> None:
        async with source:
            async for delivery in source:
                house.pipeline.accept(delivery.samples)
                await source.acknowledge(delivery)
                report(min(1.0, (source.time - begin) / (now - begin)))
                if now - source.time < MINUTE:
                    return

    if now - begin >= MINUTE:
        asyncio.run(go_on())


def demo_plant(house: House) -> "DemoPlant":
    """The demo plant as a source, from its stored state on."""
    from ingest.demo.source import DemoPlant

    return DemoPlant.resume(house.twin.plant, demo_folder(house.settings) / PLANT, clock=house.twin.clock)


def clear(house: House) -> None:
    """Make room for a history of the demo plant: forget the one there is, with its scores and events.

    Raises ConfigurationError when the database holds samples that are not the demo plant's.
    """
    folder = demo_folder(house.settings)
    if not folder.exists() and house.twin.historian.extent() is not None:
        raise ConfigurationError(
            f"the database holds samples, but {folder} no state of the demo plant to go on from: use an empty "
            "database or another FORETELL_DATA_DIR, or name your own plant's file in FORETELL_PLANT_FILE",
            field="FORETELL_DATA_DIR",
            value=str(house.settings.data_dir),
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NIGHT).unlink(missing_ok=True)
    tables = ", ".join(table.name for table in METADATA.sorted_tables if table is not TAG)
    with house.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))


def feed(house: House, stop: threading.Event) -> None:
    """Let the demo plant run on the clock, after its history when there is none yet.

    Raises ConfigurationError when the database holds samples that are not the demo plant's.
    """
    if demo_state(house) is DemoState.NONE:
        clear(house)
        make_demo_history(house, lambda share: None)
    asyncio.run(house.pipeline.run(demo_plant(house), stop))


def workers_of(house: House, role: Role) -> list[Background]:
    """What goes on beside the API in a process of that role."""
    workers = []
    if role.ingests:
        workers.append(Background("spool", partial(settle, house)))
        recorder = IngestRecorder(house.pipeline, PostgresIngestLog(house.engine), house.twin.clock)
        workers.append(Background("ingest records", recorder.run))
        workers += [_source_worker(house, source) for source in house.ingest.sources]
        if house.settings.ingest_file is None and house.settings.plant_file is None:
            workers.append(Background("source demo-plant", partial(feed, house)))
    if role.watches:
        twin = house.twin
        watch_silence = SilenceWatch(twin.plant, twin.historian, twin.events, twin.clock)
        workers.append(Background("silence", watch_silence.run))
        workers.append(Background("maintenance", Maintenance(house.engine, twin.plant, twin.clock).run))
    if role.watches and house.settings.reports_dir is not None:
        workers.append(Background("shift reports", ShiftReports(house.twin, house.settings).run))
    return workers + _model_workers(house, role)


def _model_workers(house: House, role: Role) -> list[Background]:
    """What keeps the champion at work, and looks after it."""
    workers = []
    if house.serving is not None and role.knows:
        workers.append(Background("champion", house.serving.follow))
    if house.serving is not None and role.watches:
        workers.append(Background("live loop", house.serving.score))
    if house.desk is not None and role.watches:
        workers.append(Background("drift watch", house.desk.watch_drift))
        if house.settings.retrain_every is not None:
            workers.append(Background("retraining", house.desk.retrain))
    return workers


def settle(house: House, stop: threading.Event) -> None:
    """Bring the schema to this version, and store what the spool holds of sources that are no longer there.

    Raises StoreUnavailable, to be tried again.
    """
    migrate(house.engine)
    house.pipeline.store_spooled()
    stop.wait()


def _source_worker(house: House, source: SourceConfig) -> Background:
    return Background(f"source {source.name}", partial(run_source, house, source))


def run_source(house: House, config: SourceConfig, stop: threading.Event) -> None:
    """Move a source's samples until `stop` is set; one that has come to its end is not begun again."""
    twin, folder = house.twin, house.settings.data_dir / INGEST / config.name
    context = SourceContext(twin.plant, twin.clock, folder, twin.historian)
    asyncio.run(house.pipeline.run(config.build(context), stop))
    stop.wait()


def ingest_file(pipeline: Pipeline, path: Path) -> Accepted:
    """Import a CSV or Parquet file; raises InvalidInput when it cannot be read as a whole."""
    from ingest.file_reader import read_blocks

    total: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for block in read_blocks(path):
        result = pipeline.accept(block.decoded.samples)
        total.update(accepted=result.accepted, duplicates=result.duplicates, corrected=result.corrected)
        rejected.update(result.rejected)
        rejected.update(f"{part.reason}: {part.detail}" for part in block.decoded.unreadable)
    return Accepted(
        accepted=total["accepted"],
        duplicates=total["duplicates"],
        corrected=total["corrected"],
        rejected=dict(rejected),
    )


def browse_opc_ua(settings: Settings, url: str) -> str:
    """A `tags` section for ingest.yaml with every variable that an OPC UA server offers.

    Raises ConfigurationError when the server cannot be read.
    """
    from ingest.opcua_browse import as_tags, browse
    from ingest.opcua_config import OpcUaConfig

    anything = {"i=2258": {"tag": "server-time"}}
    config = OpcUaConfig.model_validate({"name": "browse", "url": url, "tags": anything})
    try:
        return as_tags(asyncio.run(browse(config, settings.data_dir / INGEST / config.name)))
    except (OSError, TimeoutError) as error:
        raise ConfigurationError(f"{url} cannot be read: {error}", field="url", value=url) from error


@contextmanager
def training(
    settings: Settings, console: Console, *, files: Sequence[Path] = (), demo: bool = False
) -> Iterator[tuple[Trainer, Historian | None]]:
    """What trains on the historian, on files, or on the demo plant's training log with operation to calibrate by.

    Raises ConfigurationError for files of which no sample can be used, InvalidInput for one that cannot be read.
    """
    clock = SystemClock()
    if not (files or demo):
        with furnished(settings, console, with_model=False) as house:
            yield Trainer(settings, house.twin, registry_of(settings, house.twin.plant, clock)), None
        return
    plant = load_plant(DEMO_PLANT_FILE) if demo else read_plant(settings)
    historian, ordinary = _demo_logs(plant, console) if demo else (_history_of(files, plant, console), None)
    twin = Twin(plant, historian, MemoryEventLog(), None, clock)
    own = settings.model_copy(update={"plant_file": None}) if demo else settings
    yield Trainer(own, twin, registry_of(own, plant, clock)), ordinary


def _demo_logs(plant: Plant, console: Console) -> tuple[Historian, Historian]:
    from ingest.demo.training import calibration_log, training_log

    with Stages(console).stage("Training log of the demo plant") as report:
        historian = training_log(plant, report)
    with Stages(console).stage("Calibration log of the demo plant") as report:
        return historian, calibration_log(plant, report)


def _history_of(files: Sequence[Path], plant: Plant, console: Console) -> Historian:
    """The files in memory; what cannot be used of them is said."""
    stages, historian = Stages(console), MemoryHistorian(plant)
    pipeline = Pipeline(plant, historian)
    for path in files:
        with stages.stage(f"Samples of {path}"):
            result = ingest_file(pipeline, path)
        for reason, number in result.rejected.items():
            stages.say(f"  {number} samples left out: {reason}")
    if historian.extent() is None:
        raise ConfigurationError("the files hold no sample of a tag of the plant file", field="from")
    return historian


def build_dashboards(folder: Path) -> tuple[Path, ...]:
    """Write Grafana's provisioning files."""
    from dashboards.publish import build as publish

    return publish(folder)


def stale_dashboards(folder: Path) -> tuple[Path, ...]:
    """Grafana's provisioning files in the folder that are not as they would be written now."""
    from dashboards.publish import stale

    return stale(folder)


def grafana_desk(settings: Settings, ca: Path | None) -> "GrafanaDesk":
    """A Grafana that one already has, and what it shall hold; raises ConfigurationError, GrafanaUnavailable."""
    from dashboards.client.desk import GrafanaDesk

    return GrafanaDesk(settings, ca)
