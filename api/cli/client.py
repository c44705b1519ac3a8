"""Commands speak REST: to a running Foretell, or to one opened in this process for the one command."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

import httpx
from pydantic import BaseModel, ValidationError

from api.cli.output import Refused, err
from api.errors import PROBLEM_JSON, Problem
from api.roles import Role
from api.routes.plant import PlantView
from api.runfile import Run, running
from twin.errors import ConfigurationError, ForetellError, StoreUnavailable
from twin.settings import Settings

TIMEOUT_S = 300.0
Result = TypeVar("Result", bound=BaseModel)


def load_settings(**options: object) -> Settings:
    """The settings of this process; options given on the command line win. Raises ConfigurationError."""
    try:
        return Settings.model_validate(
            Settings().model_dump() | {name: value for name, value in options.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = f"FORETELL_{str(first['loc'][0]).upper()}"
        raise ConfigurationError(
            f"{name} = {first['input']!r}: {first['msg']}", field=name, value=first["input"]
        ) from error


class Api:
    """The REST API as a command uses it."""

    def __init__(self, client: httpx.AsyncClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def get(self, path: str, kind: type[Result], params: Mapping[str, str] | None = None) -> Result:
        """The result of a GET; raises Refused with the API's problem."""
        return kind.model_validate_json(self._runner.run(self._call("GET", path, params=params)))

    def download(self, path: str, params: Mapping[str, str]) -> bytes:
        """A document; raises Refused with the API's problem."""
        return self._runner.run(self._call("GET", path, params=params))

    def post(self, path: str, kind: type[Result], body: object) -> Result:
        """The result of a POST; raises Refused with the API's problem."""
        return kind.model_validate_json(self._runner.run(self._call("POST", path, body=body)))

    def events(self, path: str, body: object) -> Generator[tuple[str, str], None, None]:
        """Name and data of each event of a stream, as it comes; raises Refused. Closed early, it hangs up."""
        stream = self._events(path, body)
        try:
            while True:
                yield self._runner.run(anext(stream))
        except StopAsyncIteration:
            return
        finally:
            self._runner.run(stream.aclose())

    def delete(self, path: str, kind: type[Result], params: Mapping[str, str]) -> Result:
        """The result of a DELETE; raises Refused with the API's problem."""
        return kind.model_validate_json(self._runner.run(self._call("DELETE", path, params=params)))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The plant's time zone."""
        return ZoneInfo(self.get("/v1/plant", PlantView).time_zone)

    async def _events(self, path: str, body: object) -> AsyncGenerator[tuple[str, str], None]:
        headers = {"Accept": "text/event-stream"}
        try:
            async with self._client.stream("POST", path, json=body, headers=headers) as response:
                if not response.is_success:
                    await response.aread()
                    raise self._failure(response)
                name = ""
                async for line in response.aiter_lines():
                    field, _, value = line.partition(": ")
                    if field == "event":
                        name = value
                    elif field == "data":
                        yield name, value
        except httpx.HTTPError as error:
            raise self._away(error) from error

    async def _call(
        self, method: str, path: str, *, body: object = None, params: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            response = await self._client.request(method, path, json=body, params=params)
        except httpx.HTTPError as error:
            raise self._away(error) from error
        if response.is_success:
            return response.content
        raise self._failure(response)

    def _failure(self, response: httpx.Response) -> ForetellError:
        if response.headers.get("content-type", "").startswith(PROBLEM_JSON):
            return Refused(Problem.model_validate_json(response.content))
        return StoreUnavailable(f"{self._client.base_url} answered {response.status_code}: is that a Foretell?")

    def _away(self, error: httpx.HTTPError) -> StoreUnavailable:
        return StoreUnavailable(f"Foretell at {self._client.base_url} does not answer: {error}")


@contextmanager
def connect(settings: Settings) -> Iterator[Api]:
    """The Foretell of FORETELL_URL, or the one that runs on this data folder, or one opened in this process."""
    run = local(settings, Role.ALL)
    if run is not None:
        with connected(run) as api:
            yield api
        return
    from api.main import opened  # brings torch, which a running Foretell makes needless

    with opened(settings, err()) as app:
        run = Run(url="http://in-process", key=app.state.foretell.api_key)
        with connected(run, httpx.ASGITransport(app)) as api:
            yield api


@contextmanager
def connected(run: Run, transport: httpx.AsyncBaseTransport | None = None) -> Iterator[Api]:
    """The API of a running Foretell."""
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(
            transport=transport,
            base_url=run.url,
            headers={"Authorization": f"Bearer {run.key}"} if run.key else {},
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        try:
            yield Api(client, runner)
        finally:
            runner.run(client.aclose())


def local(settings: Settings, role: Role) -> Run | None:
    """The Foretell of FORETELL_URL, or the one of that role that runs on this data folder."""
    if settings.url is None:
        return running(settings.data_dir, role)
    return Run(url=settings.url, key=settings.api_key.get_secret_value() if settings.api_key else "")
