"""Reads ingest.yaml: every mistake in it is named with file, line, field, value and what was expected."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.pipeline_config import PipelineConfig
from ingest.source_config import SourceConfig, TagMapping
from twin import yaml_lines
from twin.errors import IngestFileError, UnitMismatch, UnknownTag
from twin.mistakes import Mistake, file_error, mistakes_of_form
from twin.plant import Plant
from twin.units import factor_and_offset
from twin.yaml_lines import FieldPath

KINDS = {
    "demo": ("ingest.demo.source", "DemoConfig"),
    "files": ("ingest.files", "FilesConfig"),
    "kafka": ("ingest.kafka", "KafkaConfig"),
    "mqtt": ("ingest.mqtt", "MqttConfig"),
    "opcua": ("ingest.opcua_config", "OpcUaConfig"),
    "replay": ("ingest.replay", "ReplayConfig"),
    "sparkplug": ("ingest.sparkplug", "SparkplugConfig"),
}
"""Kinds of sources and where their entries are described; a module is imported when its kind is used."""

_VARIABLE = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """Everything the ingest file says; without one there is no source."""

    pipeline: PipelineConfig = field(default_factory=PipelineConfig)
    sources: tuple[SourceConfig, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    pipeline: PipelineConfig = PipelineConfig()
    sources: tuple[dict[str, Any], ...] = ()


def load_ingest(path: Path, plant: Plant, environment: Mapping[str, str] = os.environ) -> IngestConfig:
    """What an ingest file says, with ${NAME} taken from the environment.

    Raises IngestFileError that names every mistake in it, one a line; what came from the environment is not shown.
    """
    document = yaml_lines.read(path, IngestFileError)
    filled = _Filled(environment)
    content = filled.fill(document.content, ())
    mistakes = [*filled.mistakes]
    config = None
    try:
        config = _config(_File.model_validate(content), plant, mistakes)
    except ValidationError as error:
        mistakes += mistakes_of_form(error)
    if mistakes or config is None:
        raise file_error(IngestFileError, document, filled.veiled(mistakes))
    return config


class _Filled:
    """Puts variables of the environment into a document, and knows where."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._written: dict[FieldPath, tuple[str, str]] = {}
        self.mistakes: list[Mistake] = []

    def fill(self, content: object, at: FieldPath) -> object:
        """The content with every ${NAME} replaced; $${NAME} stays as ${NAME}."""
        if isinstance(content, dict):
            return {key: self.fill(value, (*at, key)) for key, value in content.items()}
        if isinstance(content, list):
            return [self.fill(value, (*at, i)) for i, value in enumerate(content)]
        if not isinstance(content, str) or "${" not in content:
            return content
        return self._fill_text(content, at)

    def veiled(self, mistakes: Sequence[Mistake]) -> list[Mistake]:
        """The mistakes with what stands in the file, not with what the environment holds."""
        return [self._veil(mistake) for mistake in mistakes]

    def _fill_text(self, text: str, at: FieldPath) -> str:
        missing = [name for escaped, name in _VARIABLE.findall(text) if not escaped and name not in self._environment]
        for name in missing:
            expected = f"an environment variable {name}, which is not set"
            self.mistakes.append(Mistake(at, text, expected))
        filled = _VARIABLE.sub(
            lambda match: f"${{{match[2]}}}" if match[1] else self._environment.get(match[2], match[0]), text
        )
        self._written[at] = text, filled
        return filled

    def _veil(self, mistake: Mistake) -> Mistake:
        if mistake.path not in self._written:
            return mistake
        written, filled = self._written[mistake.path]
        return replace(mistake, value=written, expected=mistake.expected.replace(filled, written))


def _config(file: _File, plant: Plant, mistakes: list[Mistake]) -> IngestConfig:
    sources: list[SourceConfig] = []
    for i, entry in enumerate(file.sources):
        at: FieldPath = ("sources", i)
        try:
            source = _source(entry, at, mistakes)
        except ValidationError as error:
            mistakes += mistakes_of_form(error, at)
            continue
        if source is not None:
            sources.append(source)
            mistakes += _mapping_mistakes(source, (*at, "tags"), plant)
    mistakes += _repeated([str(entry.get("name")) for entry in file.sources])
    mistakes += _deadband_mistakes(file.pipeline, plant)
    return IngestConfig(file.pipeline, tuple(sources))


def _source(entry: Mapping[str, Any], at: FieldPath, mistakes: list[Mistake]) -> SourceConfig | None:
    """The entry as its kind describes it; raises ValidationError."""
    kind = entry.get("kind")
    if kind not in KINDS:
        expected = f"one of {', '.join(sorted(KINDS))}"
        mistakes.append(Mistake((*at, "kind"), kind, expected if kind is not None else f"{expected}; none is given"))
        return None
    module, name = KINDS[kind]
    described: type[SourceConfig] = getattr(import_module(module), name)
    return described.model_validate(entry)


def _repeated(names: Sequence[str]) -> Iterator[Mistake]:
    count = Counter(name.casefold() for name in names)
    for i, name in enumerate(names):
        if count[name.casefold()] > 1:
            yield Mistake(("sources", i, "name"), name, "a name that no other of the sources has")


def _mapping_mistakes(source: SourceConfig, at: FieldPath, plant: Plant) -> Iterator[Mistake]:
    taken: dict[str, str] = {}
    for address, mapping in source.tags.items():
        here = (*at, address)
        if mapping.tag not in plant:
            yield Mistake((*here, "tag"), mapping.tag, _a_tag(mapping.tag, plant))
            continue
        if mapping.tag in taken:
            expected = f"a tag that no other address of the source stands for; {taken[mapping.tag]} does"
            yield Mistake((*here, "tag"), mapping.tag, expected)
        taken[mapping.tag] = address
        yield from _unit_mistakes(mapping, here, plant)


def _unit_mistakes(mapping: TagMapping, at: FieldPath, plant: Plant) -> Iterator[Mistake]:
    tag = plant.tag(mapping.tag)
    try:
        factor_and_offset(mapping.unit or tag.unit, tag)
    except UnitMismatch:
        expected = f"a unit that converts to {tag.unit}, the unit of {tag.name}"
        yield Mistake((*at, "unit"), mapping.unit, expected)


def _deadband_mistakes(pipeline: PipelineConfig, plant: Plant) -> Iterator[Mistake]:
    for name in pipeline.deadband:
        if name not in plant:
            yield Mistake(("pipeline", "deadband", name), name, _a_tag(name, plant))


def _a_tag(name: str, plant: Plant) -> str:
    """What is expected in place of a name that is no tag's."""
    near: Sequence[str] = ()
    try:
        plant.tag(name)
    except UnknownTag as error:
        near = error.candidates
    return f"a tag of {plant.name}" + (f"; did you mean {', '.join(near)}?" if near else "")
