"""docs/historian.md and the views that dashboards read say the same."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from twin.historian.migrations import migrate

PAGE = (Path(__file__).parents[2] / "docs" / "historian.md").read_text()


@pytest.mark.integration
def test_every_column_of_every_view_is_documented(engine):
    migrate(engine)
    with engine.connect() as connection:
        columns = connection.execute(
            text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'grafana'")
        ).all()
    documented = {
        (view, column)
        for head, table in re.findall(r"^(`grafana\.\w+`.*?)\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
        for view in re.findall(r"`grafana\.(\w+)`", head)
        for names in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
        for column in re.findall(r"`(\w+)`", names)
    }
    assert documented == {tuple(row) for row in columns}
