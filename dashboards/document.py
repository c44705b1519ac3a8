"""YAML as a person would write it."""

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def as_yaml(content: dict[str, Any]) -> str:
    """The document, keys in their order."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=110)
