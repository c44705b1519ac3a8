"""Single samples, one row each. The caller holds the histories of their tags, see `latest`."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from twin.historian.bulk import copy_in, driver, pack
from twin.historian.incoming import Rows
from twin.historian.past import correct, find


def insert_samples(
    connection: Connection, rows: Rows, late: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Store what is new or other than what is there; gives which rows were new, and which ones corrected.

    Only `late` rows can be there already.
    """
    new, corrected = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    if late.any():
        there, other = find(driver(connection), rows.take(late))
        new[late], corrected[late] = ~there, other
    if new.any():
        _copy(connection, rows if new.all() else rows.take(new))
    if corrected.any():
        correct(driver(connection), rows.take(corrected))
    return new, corrected


def _copy(connection: Connection, rows: Rows) -> None:
    columns = {"time": rows.time, "value": rows.value, "tag_id": rows.tag, "quality": rows.quality}
    missing = np.isnan(rows.value)
    if not missing.any():
        parts = [pack(columns)]
    else:
        parts = [
            pack({name: column[~missing] for name, column in columns.items()}),
            pack({name: column[missing] for name, column in columns.items()}, null={"value"}),
        ]
    copy_in(connection, "sample", list(columns), parts)
