"""What shall be in a Grafana: everything that the provisioning files hold, in the forms of its API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import alerts, routing
from dashboards.publish import DATA_SOURCE, dashboards
from twin.errors import ConfigurationError
from twin.settings import Settings

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """The content; None where nothing was said about it, which leaves alone what is there."""

    dashboards: tuple[Json, ...]
    data_source: Json | None
    contact_point: Json | None
    rules: Json


def wanted(settings: Settings, webhook: str) -> Wanted:
    """What the settings ask for; `webhook` is where Grafana reaches our route for alerts.

    Raises ConfigurationError when the database's host is set and its password is not.
    """
    secret = settings.alert_secret
    return Wanted(
        dashboards=tuple(_dashboard(made, settings.console_url) for made in dashboards().values()),
        data_source=_data_source(settings) if settings.grafana_db_host else None,
        contact_point=routing.webhook(webhook, secret.get_secret_value()) if secret else None,
        rules=alerts.posted(settings.console_url.rstrip("/")),
    )


def _dashboard(made: Json, console: str) -> Json:
    """A dashboard that people may change, with links to the console where it is."""
    variables = [_variable(variable, console) for variable in made["templating"]["list"]]
    return made | {"editable": True, "templating": {"list": variables}}


def _variable(variable: Json, console: str) -> Json:
    if variable["name"] != "console":
        return variable
    address = console.rstrip("/")
    return variable | {"query": address, "current": {"text": address, "value": address}}


def _data_source(settings: Settings) -> Json:
    password = settings.grafana_db_password
    if password is None:
        raise ConfigurationError(
            "FORETELL_GRAFANA_DB_HOST is set, FORETELL_GRAFANA_DB_PASSWORD is not",
            field="FORETELL_GRAFANA_DB_PASSWORD",
        )
    given = {
        "$FORETELL_GRAFANA_DB_HOST": settings.grafana_db_host,
        "$FORETELL_GRAFANA_DB_NAME": settings.grafana_db_name,
        "$FORETELL_GRAFANA_DB_USER": settings.grafana_db_user,
        "$FORETELL_GRAFANA_DB_SSLMODE": settings.grafana_db_sslmode,
        "$FORETELL_GRAFANA_DB_PASSWORD": password.get_secret_value(),
    }
    source = _filled_in(DATA_SOURCE["datasources"][0], given)
    return {name: value for name, value in source.items() if name != "editable"} | {"isDefault": False}


def _filled_in(part: Mapping[str, Any], given: Mapping[str, str | None]) -> Json:
    """As Grafana fills in the variables of a provisioning file."""
    return {
        name: _filled_in(value, given) if isinstance(value, Mapping) else given.get(str(value), value)
        for name, value in part.items()
    }
