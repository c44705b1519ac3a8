"""Who said what about an event, and which detection thresholds that moved."""

from alembic import op

revision = "0005"
down_revision = "0004"

_AUTHOR = "ALTER TABLE feedback ADD COLUMN author text NOT NULL DEFAULT ''"
_CHANGES = """
CREATE TABLE threshold_change (
    id text NOT NULL,
    time timestamptz NOT NULL,
    who text NOT NULL,
    event_id text NOT NULL,
    model_version text NOT NULL,
    statistic text NOT NULL,
    old double precision NOT NULL,
    new double precision NOT NULL,
    base double precision NOT NULL,
    half_life interval NOT NULL,
    reason text NOT NULL,
    undone_at timestamptz,
    undone_by text,
    CONSTRAINT threshold_change_pkey PRIMARY KEY (id),
    CONSTRAINT threshold_change_event_id_fkey FOREIGN KEY (event_id) REFERENCES event (id)
)
"""
_INDEX = "CREATE INDEX threshold_change_event_id_idx ON threshold_change (event_id)"


def upgrade() -> None:
    """Feedback that is there already has no author."""
    op.execute(_AUTHOR)
    op.execute(_CHANGES)
    op.execute(_INDEX)
