"""The house as it stands on disk: names, packaging, what is said about itself."""

from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("twin", "api", "ingest", "models", "dashboards", "bench")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_a_room(room: str) -> None:
    others = {
        d.metadata["Name"]
        for d in distributions()
        if d.metadata["Name"] != "foretell" and any(f.parts[0] == room for f in d.files or ())
    }
    assert not others
    assert set(packages_distributions().get(room, ["foretell"])) == {"foretell"}


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py")), "a folder tests/…/models would shadow the room models"


def test_every_module_is_tracked_by_packaging() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert all(f'"{room}"' in pyproject for room in ROOMS)


def test_pins_choose_the_torch_build_that_is_installed_first() -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in pins if line.startswith("torch==")] == ["torch==2.13.0"]
