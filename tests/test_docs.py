"""Documentation that must not fall behind the code."""

import re
from pathlib import Path

import pytest

from bench.readme import updated
from twin.settings import Settings

ROOT = Path(__file__).parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    shown = "-" if field.default is None else field.default
    assert f"| `FORETELL_{name.upper()}` | {shown} | {field.description} |" in CONFIGURATION


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / "README.md").read_text()):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_the_readmes_numbers_are_those_of_the_benchmarks() -> None:
    readme = (ROOT / "README.md").read_text()
    assert updated(readme) == readme, "stale: run `python -m bench.readme`"
