"""Claims about the page that alerts link to."""

import re

import yaml
from fastapi.testclient import TestClient

from api.routes.runbooks import TEXT

RULES = TEXT.parents[1] / "dashboards" / "provisioning" / "alerting" / "rules.yaml"


def rule_ids() -> list[str]:
    return [rule["uid"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def test_every_alert_has_a_section_that_its_link_leads_to(client: TestClient) -> None:
    page = client.get("/runbooks").text
    assert re.findall(r'<h2 id="([^"]+)"', page) == rule_ids()


def test_every_section_says_what_it_means_where_to_look_and_what_to_do(client: TestClient) -> None:
    sections = client.get("/runbooks").text.split("<h2 ")[1:]
    assert sections
    for section in sections:
        assert [word for word in ("Means.", "Look.", "Do.") if word in section] == ["Means.", "Look.", "Do."], section


def test_the_page_is_as_guarded_as_the_console(anonymous: TestClient) -> None:
    assert anonymous.get("/runbooks").status_code == 401
