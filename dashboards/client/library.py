"""Finds grafana-client, which is not installed beside the rest.

It brings urllib3-future, which overwrites urllib3 where both are installed, and a top-level package `test`. So it
lives in a folder of its own in the environment, which comes last on the path and is read by the commands that need
it only; there urllib3-future leaves urllib3 alone. docs/decisions/0008-grafana-push.md has the reasons.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from twin.errors import ConfigurationError

FOLDER = "grafana"
"""In the environment, beside bin and lib."""


def grafana_client() -> ModuleType:
    """The package `grafana_client`; raises ConfigurationError when it is not installed."""
    folder = str(Path(sys.prefix) / FOLDER)
    if importlib.util.find_spec("grafana_client") is None and folder not in sys.path:
        sys.path.append(folder)
    try:
        return importlib.import_module("grafana_client")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"grafana-client is not installed: pip install --target {folder} 'grafana-client>=5.1'", field="grafana"
        ) from error


def exceptions() -> ModuleType:
    """What its HTTP client raises; needs `grafana_client` first."""
    return importlib.import_module("niquests.exceptions")
