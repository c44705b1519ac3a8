"""The move that an event looks like, the assets it reached, and its fingerprint."""

from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = """
ALTER TABLE event
    ADD COLUMN suspected_move jsonb,
    ADD COLUMN propagation jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN fingerprint jsonb NOT NULL DEFAULT '[]'
"""


def upgrade() -> None:
    """Events that are there already have none of them."""
    op.execute(_COLUMNS)
