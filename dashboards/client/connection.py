"""Calls to a Grafana; every failure becomes a sentence about what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from dashboards.client.library import exceptions, grafana_client
from twin.errors import ConfigurationError, GrafanaRefused, GrafanaUnavailable

TIMEOUT_S = 20.0
NOT_THERE = 404
OWN_FAULT = 500
REFUSALS = {
    401: "does not accept the token: make a service account with a token, and give it as FORETELL_GRAFANA_TOKEN",
    403: "does not let the token's account do this: give it the role Admin",
    NOT_THERE: "knows no such thing",
    409: "has it already, made in another way",
    412: "has a newer version: somebody saved it just now",
}
Result = TypeVar("Result")


class GrafanaError(Protocol):
    """An answer that is none, as grafana-client raises it."""

    status_code: int
    response: object
    message: str


class Connection:
    """A Grafana's address and token, and what its answers mean."""

    def __init__(self, url: str, token: str, ca: Path | None) -> None:
        """`ca`: a file with its certificate's authority. Raises ConfigurationError for an address that is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or parts.hostname is None:
            raise ConfigurationError(
                f"{url} is no address of a Grafana, such as https://grafana.example:3000", field="url", value=url
            )
        self.url = url.rstrip("/")
        self._library = grafana_client()
        self._exceptions = exceptions()
        path = parts.path.strip("/")
        self.api = self._library.GrafanaApi(
            auth=self._library.TokenAuth(token),
            host=parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=f"{path}/" if path else "",
            verify=str(ca) if ca else True,
            timeout=TIMEOUT_S,
        )

    def find(self, call: Callable[[], Result], thing: str) -> Result | None:
        """What `call` gives, None when it is not there; raises GrafanaUnavailable, GrafanaRefused."""
        try:
            return self.call(call, thing)
        except GrafanaRefused as error:
            if error.value == NOT_THERE:
                return None
            raise

    def call(self, call: Callable[[], Result], thing: str) -> Result:
        """What `call` gives; raises GrafanaUnavailable, GrafanaRefused."""
        try:
            return call()
        except self._exceptions.SSLError as error:
            raise GrafanaUnavailable(
                f"{self.url}: its certificate is not trusted; name the file of its authority with --ca ({error})",
                field="url",
            ) from error
        except self._exceptions.JSONDecodeError as error:
            raise GrafanaUnavailable(f"{self.url} answers, but not as a Grafana does", field="url") from error
        except self._exceptions.RequestException as error:
            raise GrafanaUnavailable(f"{self.url} does not answer: {error}", field="url", value=self.url) from error
        except self._library.client.GrafanaException as error:
            raise self._refusal(error, thing) from error

    def _refusal(self, error: GrafanaError, thing: str) -> GrafanaRefused | GrafanaUnavailable:
        status, told = int(error.status_code), _told(error)
        if status == 0 or status >= OWN_FAULT:
            return GrafanaUnavailable(f"{self.url} failed at {thing}: {told}", field=thing, value=status or None)
        reason = REFUSALS.get(status, "does not take it")
        return GrafanaRefused(f"{thing}: {self.url} {reason} ({status}: {told})", field=thing, value=status)


def _told(error: GrafanaError) -> str:
    """Grafana's own words."""
    answer = error.response
    return str(answer.get("message", answer)) if isinstance(answer, dict) else str(error.message)
