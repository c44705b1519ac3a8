"""Items of the dev set from templates and fillers; `python -m bench.questions.generate` writes the same each time."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.questions.planted import HERE
from bench.questions.templates import FILLERS, TEMPLATES, Template

FOLDER = HERE / "items" / "dev"
DRAWS = 2
"""Items of a template and a world."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template's words and what they stand for."""

    words: Mapping[str, str]
    values: Mapping[str, Any]


def generated(world: str) -> str:
    """A file of items about one world."""
    items = [item for template in TEMPLATES for item in _items(template, world)]
    head = {"author": "generate", "date": "2026-11-23", "world": world}
    lines = [yaml.safe_dump(head, sort_keys=False).rstrip(), "items:"]
    lines += [f"  - {_flow(item)}" for item in items]
    return "\n".join(lines) + "\n"


def write(folder: Path = FOLDER) -> None:
    """One file a world."""
    for world in FILLERS:
        (folder / f"generated-{world}.yaml").write_text(generated(world), encoding="utf-8")


def _items(template: Template, world: str) -> Iterator[dict[str, Any]]:
    said: set[str] = set()
    for number in range(DRAWS):
        draw = random.Random(f"{world} {template.say} {number}")
        filled = _filled(world, draw)
        say = template.say.format_map(filled.words)
        if say in said:
            continue
        said.add(say)
        item: dict[str, Any] = {"say": say}
        if template.language != "en":
            item["language"] = template.language
        if template.style:
            item["style"] = list(template.style)
        if template.plans:
            item["plans"] = _put(list(template.plans), filled.values)
        yield item | dict(template.rest)


def _filled(world: str, draw: random.Random) -> Filled:
    """Every slot of the world filled; a slot and the same with a 2 behind it differ."""
    words: dict[str, str] = {}
    values: dict[str, Any] = {}
    for slot, choices in FILLERS[world].items():
        for name, choice in zip((slot, f"{slot}2"), draw.sample(choices, 2), strict=True):
            words[name], values[name] = str(choice[0]), choice[1]
    return Filled(words, values)


def _put(part: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(part, list):
        return [_put(one, values) for one in part]
    if isinstance(part, dict):
        return {key: _put(one, values) for key, one in part.items()}
    if isinstance(part, str) and part.startswith("{") and part.endswith("}") and part.count("{") == 1:
        return values[part[1:-1]]
    return part.format_map(values) if isinstance(part, str) else part


def _flow(item: dict[str, Any]) -> str:
    return yaml.safe_dump(item, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000).strip()


if __name__ == "__main__":
    write()
