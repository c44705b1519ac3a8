"""Dashboards see no event that late samples explained, and when late samples made one appear or change."""

from alembic import op

revision = "0004"
down_revision = "0003"

_VIEW = """
CREATE OR REPLACE VIEW grafana.event AS
    SELECT id, start_time AS time, end_time, detected_at, kind, severity, score, asset, first_mover,
           explained_by ->> 'tag' AS explained_by, model_version, message, backfilled_at
    FROM event
    WHERE NOT withdrawn
"""


def upgrade() -> None:
    """Replace the view; its columns stay."""
    op.execute(_VIEW)
