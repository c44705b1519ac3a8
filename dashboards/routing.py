"""Where alerts go: the webhook back into Foretell, and the policy that sends ours there."""

from typing import Any

from dashboards.alerts import ORGANISATION, OURS

RECEIVER = "Foretell"
RECEIVER_UID = "foretell-webhook"
SIGNATURE_HEADER = "X-Grafana-Alerting-Signature"
TIMESTAMP_HEADER = "X-Grafana-Alerting-Timestamp"
MOST_ALERTS = 200
"""In one message; Foretell takes bodies of up to 1 MiB."""
GROUPING: dict[str, Any] = {
    "group_by": ["alertname", "event"],
    "group_wait": "30s",
    "group_interval": "5m",
    "repeat_interval": "12h",
}


def webhook(url: str, secret: str) -> dict[str, Any]:
    """The contact point that sends signed messages to Foretell, as the API takes it.

    Both headers are named: Grafana's own default differs from what its form shows, and without the second one it
    signs no time.
    """
    return {
        "uid": RECEIVER_UID,
        "name": RECEIVER,
        "type": "webhook",
        "disableResolveMessage": False,
        "settings": {
            "url": url,
            "httpMethod": "POST",
            "maxAlerts": str(MOST_ALERTS),
            "hmacConfig": {"secret": secret, "header": SIGNATURE_HEADER, "timestampHeader": TIMESTAMP_HEADER},
        },
    }


def route() -> dict[str, Any]:
    """The branch of the policy tree for our alerts; what follows it in the tree sees them too."""
    matchers = [[label, "=", value] for label, value in OURS.items()]
    return {"receiver": RECEIVER, "object_matchers": matchers, "continue": True, **GROUPING}


def provisioned_contact_points() -> dict[str, Any]:
    """The contact point as a provisioning file holds it; two variables of Grafana's environment fill it in."""
    receiver = webhook("$FORETELL_ALERT_URL", "$FORETELL_ALERT_SECRET")
    name = receiver.pop("name")
    return {"apiVersion": 1, "contactPoints": [{"orgId": ORGANISATION, "name": name, "receivers": [receiver]}]}


def provisioned_policies() -> dict[str, Any]:
    """The whole policy tree of the Grafana that is ours alone: a file cannot hold a branch only."""
    return {"apiVersion": 1, "policies": [{"orgId": ORGANISATION, "receiver": RECEIVER, **GROUPING}]}
