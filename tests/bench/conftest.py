from pathlib import Path

import pytest
import torch

from .kiln import Kiln, make_kiln


@pytest.fixture
def kiln(tmp_path: Path) -> Kiln:
    return make_kiln(tmp_path / "kiln")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
