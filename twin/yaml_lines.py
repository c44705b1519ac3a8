"""YAML that remembers on which line everything stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from twin.errors import ForetellError

FieldPath = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top, as pydantic gives them."""


def field_name(path: FieldPath) -> str:
    """A path as people write it, such as tags[3].unit."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".") or "the file"


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file: its content, with every scalar as the text that stands there, and the line of every field."""

    file: Path
    content: Any
    lines: dict[FieldPath, int]

    def line(self, path: FieldPath) -> int:
        """The line of a field, or of what it should stand in when it is missing."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def read(file: Path, error_class: type[ForetellError]) -> Document:
    """The document in a file; raises `error_class` when there is none, it is no YAML or repeats a key."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise error_class(f"{file} cannot be read: {error}", value=str(file)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise error_class(f"{file}:{line}: this is not YAML: {error.problem}", value=str(file)) from error
    except yaml.YAMLError as error:
        raise error_class(f"{file}: this is not YAML: {error}", value=str(file)) from error
    if node is None:
        raise error_class(f"{file}:1: the file is empty", value=str(file))
    lines: dict[FieldPath, int] = {}
    try:
        return Document(file, _content(node, (), lines), lines)
    except _GivenTwice as error:
        raise error_class(
            f"{file}:{error.line}: {error.field} is given a second time, expected once", field=error.field
        ) from error


class _GivenTwice(Exception):
    def __init__(self, field: str, line: int) -> None:
        super().__init__(field)
        self.field = field
        self.line = line


def _content(node: yaml.Node, at: FieldPath, lines: dict[FieldPath, int]) -> object:
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_content(item, (*at, i), lines) for i, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in mapping:
            raise _GivenTwice(field_name((*at, key)), line)
        lines[(*at, key)] = line
        mapping[key] = _content(value_node, (*at, key), lines)
    return mapping
