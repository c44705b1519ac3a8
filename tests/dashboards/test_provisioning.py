"""What Grafana is given: sound, complete, and the same as the code says."""

import json
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from dashboards.publish import build

COMMITTED = Path(__file__).parents[2] / "dashboards" / "provisioning"
DASHBOARD = json.loads((COMMITTED / "dashboards" / "overview.json").read_text())
PANELS = DASHBOARD["panels"]


def cells(panel):
    place = panel["gridPos"]
    across, down = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    return {(x, y) for x in across for y in down}


def test_committed_files_are_what_the_code_builds(tmp_path):
    built = {path.relative_to(tmp_path): path.read_text() for path in build(tmp_path)}
    committed = {path.relative_to(COMMITTED): path.read_text() for path in COMMITTED.rglob("*") if path.is_file()}
    assert built == committed, "run `foretell dashboards build`"


def test_panel_ids_are_unique():
    ids = [panel["id"] for panel in PANELS]
    assert len(set(ids)) == len(ids)


def test_panels_do_not_overlap_and_stay_on_the_grid():
    for one, other in combinations(PANELS, 2):
        assert not cells(one) & cells(other), (one["title"], other["title"])
    assert max(x for panel in PANELS for x, _ in cells(panel)) < 24


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_says_what_it_shows_in_which_unit(panel):
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]


def test_the_address_of_the_dashboard_stays():
    assert DASHBOARD["uid"] == "foretell-overview"
    assert "id" not in DASHBOARD


def test_everything_reads_the_provisioned_data_source():
    source = yaml.safe_load((COMMITTED / "datasources" / "foretell.yaml").read_text())["datasources"][0]
    assert source["type"] == "grafana-postgresql-datasource"
    used = {
        json.dumps(target["datasource"], sort_keys=True)
        for target in (
            *(target for panel in PANELS for target in panel["targets"]),
            *(item["target"] for item in DASHBOARD["annotations"]["list"]),
            *(item for item in DASHBOARD["templating"]["list"] if item["type"] == "query"),
        )
    }
    assert used == {json.dumps({"type": source["type"], "uid": source["uid"]}, sort_keys=True)}


def test_no_secret_is_written_into_the_files():
    source = yaml.safe_load((COMMITTED / "datasources" / "foretell.yaml").read_text())["datasources"][0]
    assert source["secureJsonData"] == {"password": "$FORETELL_GRAFANA_DB_PASSWORD"}
    assert all(source[key].startswith("$FORETELL_") for key in ("url", "user"))


def test_variables_carry_no_keys_of_another_kind():
    for variable in DASHBOARD["templating"]["list"]:
        assert (
            not [key for key in variable if key.startswith("auto") and key != "autoRefresh"]
            or variable["type"] == "interval"
        )


def test_provisioned_dashboards_cannot_be_changed_by_hand():
    provider = yaml.safe_load((COMMITTED / "dashboards" / "provider.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False
    assert DASHBOARD["editable"] is False
