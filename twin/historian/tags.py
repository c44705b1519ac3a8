"""The numbers that stand for tags in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from twin.errors import ConfigurationError
from twin.historian.tables import TAG
from twin.plant import Plant


def tag_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """The id of each name; a name that is new gets one."""
    known = _stored_ids(connection, names)
    new = sorted(set(names) - known.keys())
    if new:
        connection.execute(insert(TAG).on_conflict_do_nothing(), [{"name": name} for name in new])
        known |= _stored_ids(connection, new)
    return known


def describe_tags(connection: Connection, plant: Plant) -> dict[str, int]:
    """Bring the tag table in line with the plant file; gives the id of each of its tags.

    Raises ConfigurationError when a tag is stored in another unit: old and new samples would not compare.
    """
    ids = tag_ids(connection, [tag.name for tag in plant.tags])
    _refuse_other_unit(connection, plant)
    described = [
        {
            "tag_id": ids[tag.name],
            "asset": tag.asset,
            "role": tag.role.value,
            "unit": tag.unit,
            "description": tag.description,
            "low": tag.low,
            "high": tag.high,
            "movable": tag.movable,
            "lo_lo": tag.limits.lolo,
            "lo": tag.limits.lo,
            "hi": tag.limits.hi,
            "hi_hi": tag.limits.hihi,
            "max_silence": plant.max_silence(tag),
        }
        for tag in plant.tags
    ]
    connection.execute(update(TAG).where(TAG.c.id == bindparam("tag_id")), described)
    return ids


def _stored_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(select(TAG.c.name, TAG.c.id).where(TAG.c.name.in_(names)))
    return {row.name: row.id for row in rows}


def _refuse_other_unit(connection: Connection, plant: Plant) -> None:
    for row in connection.execute(select(TAG.c.name, TAG.c.unit).where(TAG.c.unit.is_not(None))):
        if row.name in plant and plant.tag(row.name).unit != row.unit:
            raise ConfigurationError(
                f"{row.name} is stored in {row.unit}, but the plant file says {plant.tag(row.name).unit}",
                field=row.name,
                value=plant.tag(row.name).unit,
                limit=row.unit,
            )
