"""Queries of Grafana's built-in PostgreSQL data source, for which the SDK has no class."""

from typing import Any, Self

from dashboards.sdk import Builder, Dataquery, common

SOURCE_UID = "foretell"
SOURCE_TYPE = "grafana-postgresql-datasource"
SOURCE = common.DataSourceRef(type_val=SOURCE_TYPE, uid=SOURCE_UID)


class PostgresQuery(Dataquery, Builder[Dataquery]):
    """A statement in SQL with Grafana's macros; `time_series` needs a column named time."""

    def __init__(self, sql: str, ref: str = "A", *, time_series: bool = False) -> None:
        self.sql = sql
        self.ref = ref
        self.time_series = time_series

    def build(self) -> Self:
        """Itself."""
        return self

    def to_json(self) -> dict[str, Any]:
        """What Grafana stores."""
        return {
            "refId": self.ref,
            "datasource": {"type": SOURCE_TYPE, "uid": SOURCE_UID},
            "editorMode": "code",
            "format": "time_series" if self.time_series else "table",
            "rawQuery": True,
            "rawSql": self.sql,
        }
