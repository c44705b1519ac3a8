"""What Grafana is given: sound, complete, and the same as the code says."""

import copy
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.app import app
from bench.readme_grafana import GUIDE, updated
from dashboards.publish import build, stale
from dashboards.style import HIGH, LOW, MEASURED, MEDIUM, ORDINARY

from . import lint, shapes

COMMITTED = Path(__file__).parents[2] / "dashboards" / "provisioning"
FILES = {path.stem: json.loads(path.read_text()) for path in sorted((COMMITTED / "dashboards").glob("*.json"))}
UIDS = {made["uid"]: {item["name"] for item in made["templating"]["list"]} for made in FILES.values()}
ROUTES = lint.console_routes()
KNOWN = json.loads(Path(__file__).with_name("panel_ids.json").read_text())
each = pytest.mark.parametrize("dashboard", FILES.values(), ids=FILES)


def wrong(dashboard):
    return shapes.misshapen(dashboard) or lint.problems(dashboard, UIDS, ROUTES)


def test_committed_files_are_what_the_code_builds():
    assert stale(COMMITTED) == (), "run `foretell dashboards build`"


def test_a_changed_a_missing_and_an_unknown_file_are_stale(tmp_path):
    build(tmp_path)
    assert stale(tmp_path) == ()
    changed, missing, unknown = (tmp_path / "dashboards" / f"{name}.json" for name in ("overview", "event", "mine"))
    changed.write_text(changed.read_text() + " ")
    missing.unlink()
    unknown.write_text("{}")
    assert set(stale(tmp_path)) == {changed, missing, unknown}


def test_the_check_of_the_command_line_fails_when_files_are_stale(tmp_path, monkeypatch):
    root = SimpleNamespace(build_dashboards=build, stale_dashboards=stale)
    monkeypatch.setitem(sys.modules, "api.main", root)  # the real one takes seconds to import; `make check` runs it
    run = CliRunner().invoke
    assert run(app, ["dashboards", "build", "--out", str(tmp_path)]).exit_code == 0
    assert run(app, ["dashboards", "build", "--check", "--out", str(tmp_path)]).exit_code == 0
    (tmp_path / "dashboards" / "tag.json").write_text("{}")
    checked = run(app, ["dashboards", "build", "--check", "--out", str(tmp_path)])
    assert checked.exit_code == 1
    assert "tag.json" in checked.output
    assert (tmp_path / "dashboards" / "tag.json").read_text() == "{}"


@each
def test_a_dashboard_is_shaped_as_grafana_s_types_say(dashboard):
    assert shapes.misshapen(dashboard) == []


@each
def test_a_dashboard_is_sound(dashboard):
    assert lint.problems(dashboard, UIDS, ROUTES) == []


@each
def test_a_panel_s_id_is_never_given_to_something_else(dashboard):
    """panel_ids.json says what every id that was ever given stands for; add to it, never change it."""
    known = KNOWN[dashboard["uid"]]
    assert {str(panel["id"]): panel["title"] for panel in dashboard["panels"]}.items() <= known.items()


def test_no_dashboard_was_lost():
    assert set(UIDS) == set(KNOWN)


def panel(dashboard, identity):
    return next(item for item in dashboard["panels"] if item["id"] == identity)


def planted(change):
    made = copy.deepcopy(FILES["overview"])
    change(made)
    return made


def events_field(dashboard, **more):
    panel(dashboard, 6)["fieldConfig"]["overrides"].append({"matcher": {"id": "byName", "options": "x"}, **more})


def sql(dashboard, identity, old, new):
    target = panel(dashboard, identity)["targets"][0]
    assert old in target["rawSql"]
    target["rawSql"] = target["rawSql"].replace(old, new)


def put(key, value):
    return lambda made: made.__setitem__(key, value)


ERRORS = {
    "an option of another panel": lambda made: panel(made, 6)["options"].update(graphMode="none"),
    "the footer of older tables": lambda made: panel(made, 6)["options"].update(footer={"show": False}),
    "an enumeration's wrong value": lambda made: panel(made, 5)["options"]["tooltip"].update(mode="all"),
    "a number as text": lambda made: panel(made, 5)["gridPos"].update(h="7"),
    "a key that nobody reads": lambda made: panel(made, 1).update(descripton="typo"),
    "a format of the query": lambda made: panel(made, 5)["targets"][0].update(format="timeseries"),
    "a field property of another panel": lambda made: panel(made, 5)["fieldConfig"]["defaults"]["custom"].update(
        width=3
    ),
    "an override that fields do not have": lambda made: events_field(
        made, properties=[{"id": "custom.hidden", "value": 1}]
    ),
    "an override's wrong value": lambda made: events_field(made, properties=[{"id": "decimals", "value": "two"}]),
    "keys of an interval variable": lambda made: made["templating"]["list"][1].update(auto=True),
    "a panel of an unknown type": lambda made: panel(made, 5).update(type="graph"),
    "a wrong refresh of a variable": lambda made: made["templating"]["list"][1].update(refresh=3),
    "no schema version": lambda made: made.pop("schemaVersion"),
    "an id given twice": lambda made: panel(made, 5).update(id=6),
    "panels one over the other": lambda made: panel(made, 5)["gridPos"].update(y=5),
    "a panel beside the grid": lambda made: panel(made, 1)["gridPos"].update(x=22),
    "no unit": lambda made: panel(made, 5)["fieldConfig"]["defaults"].pop("unit"),
    "a unit that Grafana does not know": lambda made: panel(made, 5)["fieldConfig"]["defaults"].update(
        unit="seconds"
    ),
    "no description": lambda made: panel(made, 5).update(description=""),
    "an empty state without words": lambda made: panel(made, 5)["fieldConfig"]["defaults"].pop("noValue"),
    "a variable that is not there": lambda made: sql(made, 6, "${asset:", "${area:"),
    "a variable that is not quoted": lambda made: sql(made, 6, "${asset:sqlstring}", "${asset}"),
    "a parenthesis in a macro": lambda made: sql(made, 5, '$__timeFilter("time")', '$__timeFilter(lower("time"))'),
    "a time group before a comma": lambda made: sql(made, 5, 'AS "time"', ', $__timeGroup("time",$__interval),'),
    "a macro that does not exist": lambda made: sql(made, 5, "$__timeFilter", "$__timeRange"),
    "a table behind the views": lambda made: sql(made, 5, "grafana.score", "public.score"),
    "no time filter": lambda made: sql(made, 5, 'WHERE $__timeFilter("time")', ""),
    "a region that is lost": lambda made: made["annotations"]["list"][0]["target"].update(
        rawSql='SELECT "time", end_time AS timeend FROM grafana.event WHERE $__timeFilter("time")'
    ),
    "a link to no dashboard": lambda made: made["links"].append({**made["links"][1], "url": "/d/foretell-plant"}),
    "a link to no page": lambda made: made["links"].append(
        {**made["links"][1], "url": "${console}/alarms/${console}"}
    ),
    "a link that sets no variable": lambda made: made["links"].append(
        {**made["links"][1], "url": "/d/foretell-event?var-tag=x"}
    ),
    "a question that is not encoded": lambda made: made["links"].append(
        {**made["links"][1], "url": "${console}/?question=what happened"}
    ),
    "colour alone": lambda made: events_field(
        made,
        properties=[{"id": "mappings", "value": [{"type": "value", "options": {"a": {"text": "a", "color": HIGH}}}]}],
    ),
    "another data source": lambda made: panel(made, 1)["datasource"].update(uid="prometheus"),
    "a crosshair for each": put("graphTooltip", 0),
    "the database's id": put("id", 7),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_planted_error_is_found(name):
    assert wrong(planted(ERRORS[name]))


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#ffffff", "#181b1f"])
@pytest.mark.parametrize("colour", [ORDINARY, LOW, MEDIUM, HIGH, MEASURED])
def test_colours_are_told_from_grafana_s_light_and_dark_ground(colour, ground):
    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_no_secret_is_written_into_the_files():
    source = yaml.safe_load((COMMITTED / "datasources" / "foretell.yaml").read_text())["datasources"][0]
    assert source["secureJsonData"] == {"password": "$FORETELL_GRAFANA_DB_PASSWORD"}
    assert all(source[key].startswith("$FORETELL_") for key in ("url", "user"))


def test_provisioned_dashboards_cannot_be_changed_by_hand():
    provider = yaml.safe_load((COMMITTED / "dashboards" / "provider.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False
    assert provider["folderUid"] == "foretell"


def test_compose_opens_the_overview_first():
    compose = yaml.safe_load((COMMITTED.parents[1] / "docker-compose.yml").read_text())["services"]["grafana"]
    mounted = Path(compose["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    inside = COMMITTED / mounted.relative_to("/etc/grafana/provisioning")
    assert json.loads(inside.read_text())["uid"] == "foretell-overview"


def test_the_guides_figures_are_those_of_the_bench():
    assert updated(GUIDE.read_text()) == GUIDE.read_text(), "stale: run `python -m bench.readme_grafana`"


@pytest.mark.parametrize("dashboard", FILES.values(), ids=FILES)
def test_the_guide_names_every_dashboard_and_variable(dashboard):
    guide = GUIDE.read_text()
    assert f"| `{dashboard['uid']}` |" in guide
    shown = [item["name"] for item in dashboard["templating"]["list"] if item.get("hide") != 2]
    assert all(f"| `{name}` |" in guide for name in shown)
