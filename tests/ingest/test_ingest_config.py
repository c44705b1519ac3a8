"""The ingest file: every mistake is named with file, line, field, value and what was expected."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from ingest.config import KINDS, IngestConfig, load_ingest
from ingest.pipeline_config import DeadbandConfig, Overflow, PipelineConfig
from ingest.source_config import SourceConfig, SourceContext
from twin.clock import FixedClock
from twin.errors import IngestFileError
from twin.plant import Plant

DOC = (Path(__file__).parents[2] / "docs" / "ingest.md").read_text(encoding="utf-8")

GOOD = """\
pipeline:
  batch_size: 5000
  batch_age: 100 ms
  spool_limit: 500 MB
  overflow: drop_oldest
  deadband:
    level: {absolute: 0.5, max_silence: 5 min}
    flow: {percent: 1}
sources:
  - name: broker
    kind: mqtt
    host: 127.0.0.1
    topics: [plant/#]
    password: ${SECRET}
    max_age: 2 d
    tags:
      plant/f1: {tag: flow, unit: l/s}
      plant/l1: level
  - name: tank-demo
    kind: demo
    seed: 7
"""
ENVIRONMENT = {"SECRET": "open sesame", "SIZE": "many"}


def load(folder: Path, plant: Plant, text: str) -> IngestConfig:
    file = folder / "ingest.yaml"
    file.write_text(text, encoding="utf-8")
    return load_ingest(file, plant, ENVIRONMENT)


@pytest.fixture(autouse=True)
def _broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of kind mqtt as plain as can be: these claims are about the file, not about MQTT."""
    monkeypatch.setitem(KINDS, "mqtt", (__name__, "PlainConfig"))
    monkeypatch.setattr("ingest.config.import_module", lambda name: _modules(name))


def _modules(name: str) -> object:
    return import_module(name) if name != __name__ else _Here


class PlainConfig(SourceConfig):
    """A broker's entry."""

    kind: str
    host: str
    topics: tuple[str, ...]
    port: int = 1883
    password: str = ""

    def build(self, context: SourceContext) -> object:  # type: ignore[override]
        return None


class _Here:
    PlainConfig = PlainConfig


def test_a_file_says_how_the_pipeline_works_and_what_its_sources_are(tmp_path: Path, small_plant: Plant) -> None:
    config = load(tmp_path, small_plant, GOOD)
    assert config.pipeline.batch_size == 5000
    assert config.pipeline.batch_age == timedelta(milliseconds=100)
    assert config.pipeline.spool_limit == 500_000_000
    assert config.pipeline.overflow is Overflow.DROP_OLDEST
    assert config.pipeline.deadband["level"].width(small_plant.tag("level")) == 0.5
    assert config.pipeline.deadband["flow"].width(small_plant.tag("flow")) == pytest.approx(0.5)
    assert [(source.name, type(source).__name__) for source in config.sources] == [
        ("broker", "PlainConfig"),
        ("tank-demo", "DemoConfig"),
    ]
    broker = config.sources[0]
    assert isinstance(broker, PlainConfig)
    assert broker.password == "open sesame"
    assert (broker.tags["plant/f1"].unit, broker.tags["plant/l1"].tag) == ("l/s", "level")
    assert broker.max_age == timedelta(days=2)


def test_an_empty_mapping_is_the_defaults_without_sources(tmp_path: Path, small_plant: Plant) -> None:
    assert load(tmp_path, small_plant, "{}") == IngestConfig(PipelineConfig(), ())


MISTAKES = {
    "a kind that there is not": ("kind: mqtt", "kind: mqqt", 11, "sources[0].kind (broker) is mqqt", "one of demo"),
    "no kind": ("    kind: demo\n", "", 19, "sources[1].kind (tank-demo)", "none is given"),
    "a missing field": ("    host: 127.0.0.1\n", "", 10, "sources[0].host (broker)", "none is given"),
    "a field that there is not": ("host:", "hots: x\n    host:", 12, "sources[0].hots (broker) is x", "no such key"),
    "no number": ("    seed: 7", "    seed: many", 21, "sources[1].seed (tank-demo) is many", "a valid integer"),
    "a name twice": ("tank-demo", "Broker", 10, "sources[0].name (broker) is broker", "no other of the sources"),
    "no duration": ("max_age: 2 d", "max_age: 2 days", 15, "sources[0].max_age (broker) is 2 days", "such as 30 s"),
    "no size": ("500 MB", "500 MiB", 4, "pipeline.spool_limit is 500 MiB", "2 GB"),
    "no policy": ("drop_oldest", "drop", 5, "pipeline.overflow is drop", "'block', 'drop_oldest' or 'drop_newest'"),
    "no tag": ("tag: flow", "tag: flaw", 17, "sources[0].tags.plant/f1.tag (broker) is flaw", "did you mean flow?"),
    "no tag in short": (": level\n", ": levle\n", 18, "sources[0].tags.plant/l1.tag (broker) is levle", "mean level"),
    "a tag twice": (": level\n", ": flow\n", 18, "sources[0].tags.plant/l1.tag (broker) is flow", "plant/f1 does"),
    "no such unit": (
        "l/s",
        "kPa",
        17,
        "sources[0].tags.plant/f1.unit (broker) is kPa",
        "converts to m^3/h, the unit of flow",
    ),
    "a deadband of no tag": (
        "    flow: {p",
        "    flaw: {p",
        8,
        "pipeline.deadband.flaw is flaw",
        "did you mean flow?",
    ),
    "two deadbands": (
        "absolute: 0.5",
        "absolute: 1, percent: 1",
        7,
        "pipeline.deadband.level",
        "absolute or percent",
    ),
    "no variable": (
        "${SECRET}",
        "${SECRETS}",
        14,
        "sources[0].password (broker) is ${SECRETS}",
        "SECRETS, which is not set",
    ),
    "a key twice": (
        "  batch_age",
        "  batch_size: 1\n  batch_age",
        3,
        "pipeline.batch_size is given a second",
        "once",
    ),
    "an unknown part": ("pipeline:", "pipelines: 1\npipeline:", 1, "pipelines is 1", "no such key"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_field_and_value(tmp_path: Path, small_plant: Plant, mistake: str) -> None:
    old, new, line, said, expected = MISTAKES[mistake]
    assert old in GOOD
    with pytest.raises(IngestFileError) as caught:
        load(tmp_path, small_plant, GOOD.replace(old, new, 1))
    first = caught.value.detail.splitlines()[0]
    assert first.startswith(f"{tmp_path / 'ingest.yaml'}:{line}: {said}"), first
    assert expected in first


def test_all_mistakes_are_told_at_once(tmp_path: Path, small_plant: Plant) -> None:
    text = GOOD.replace("l/s", "kPa").replace("seed: 7", "seed: x").replace("    flow: {p", "    flaw: {p")
    with pytest.raises(IngestFileError) as caught:
        load(tmp_path, small_plant, text)
    assert [int(line.split(":")[1]) for line in caught.value.detail.splitlines()] == [8, 17, 21]


def test_what_the_environment_holds_is_never_shown(tmp_path: Path, small_plant: Plant) -> None:
    with pytest.raises(IngestFileError) as caught:
        load(tmp_path, small_plant, GOOD.replace("seed: 7", "seed: ${SECRET}"))
    assert "sesame" not in caught.value.detail
    assert "${SECRET}" in caught.value.detail
    assert caught.value.value == "${SECRET}"


def test_a_dollar_may_be_meant(tmp_path: Path, small_plant: Plant) -> None:
    config = load(tmp_path, small_plant, GOOD.replace("password: ${SECRET}", "password: a$${B}-${SECRET}-$5"))
    assert isinstance(config.sources[0], PlainConfig)
    assert config.sources[0].password == "a${B}-open sesame-$5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("sources: [", "not YAML"),
        ("- 1", "the file is a list of 1"),
        ("sources: 1", "sources is 1"),
    ],
)
def test_a_file_that_is_no_ingest_file_is_refused(tmp_path: Path, small_plant: Plant, text: str, said: str) -> None:
    with pytest.raises(IngestFileError, match=said):
        load(tmp_path, small_plant, text)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_there_and_calls_itself_so(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    module, name = KINDS[kind]
    described = getattr(import_module(module), name)
    assert issubclass(described, SourceConfig)
    assert kind in str(described.model_fields["kind"].annotation)


def test_every_key_of_the_pipeline_is_documented() -> None:
    keys = {*PipelineConfig.model_fields, *DeadbandConfig.model_fields, *SourceConfig.model_fields, *Overflow}
    assert [key for key in sorted(keys) if f"`{key}`" not in DOC] == []


def test_the_example_in_the_documentation_is_read(
    tmp_path: Path, demo_plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    section = DOC.split("## ingest.yaml")[1]
    config = load(tmp_path, demo_plant, section.split("```yaml\n")[1].split("```")[0])
    assert len(config.sources) >= 1


def test_the_demo_plant_is_a_source_that_goes_on_after_a_restart(tmp_path: Path, demo_plant: Plant) -> None:
    config = load(tmp_path, demo_plant, "sources: [{name: tep, kind: demo, seed: 5}]")
    context = SourceContext(demo_plant, FixedClock(datetime(2026, 3, 4, 8, 20, tzinfo=UTC)), tmp_path / "tep")
    source = config.sources[0].build(context)
    assert source.name == "tep"

    async def first() -> object:
        async with source:
            async for delivery in source:
                await source.acknowledge(delivery)
                return delivery.samples.time.max()
        return None

    import asyncio

    newest = asyncio.run(first())
    again = config.sources[0].build(context)
    assert again.name == "tep"
    assert str(newest).startswith("2026-03-04T08:20")
    assert (context.state / "plant.json").exists()
