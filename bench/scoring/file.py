"""Scores of a file of predictions."""

from pathlib import Path
from typing import Any, Literal

import numpy as np

from bench.scoring.faults import score_faults
from bench.scoring.whatif import score_what_ifs
from twin.errors import InvalidInput


def score_file(what: Literal["whatif", "faults"], data: Path, predictions: Path) -> dict[str, Any]:
    """What the file is worth on the folder `data`. Raises InvalidInput when one of them cannot be read."""
    try:
        with np.load(predictions) as archive:
            arrays = dict(archive)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{predictions} cannot be read: {error}", field="pred", value=str(predictions)) from error
    return score_what_ifs(data, arrays) if what == "whatif" else score_faults(data, arrays)
