"""A real OPC UA server in a process of its own, for tests and the bench: it can be killed, and keeps a ledger.

Run as a program with its settings as JSON. It says `ready`, then takes one JSON command a line and answers `ok`.
"""

import asyncio
import json
import math
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.history import HistoryDict
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import nodeid_from_binary

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
URI = "urn:foretell:test"


@dataclass(frozen=True)
class Settings:
    """How the server is to be."""

    port: int
    folder: str
    variables: int = 3
    interval_s: float = 0.0
    """Distance of the values that it makes by itself; 0: none."""
    history: bool = True
    page: int = 10_000
    """Most values that it gives in one history response."""
    types: dict[str, str] = field(default_factory=dict)
    """Types of variables that are no doubles, by their number."""
    users: dict[str, str] = field(default_factory=dict)
    trusts_nobody: bool = False
    certificate: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/"


def address(index: int) -> str:
    """Node id of a variable."""
    return f"ns=2;s=T{index}"


def truth(index: int, time_us: int) -> float:
    """What variable `index` is at that instant."""
    return index + math.sin(time_us * 1e-6 + index)


class Ledger(HistoryDict):
    """History that survives the server: a line per value, handed to the operating system before anything else."""

    def __init__(self, path: Path, page: int) -> None:
        super().__init__(page)
        self._path = path
        self._known: dict[str, list[ua.DataValue]] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            name, time_us, value, status = line.split(",")
            self._known.setdefault(name, []).append(
                ua.DataValue(
                    ua.Variant(float(value), ua.VariantType.Double),
                    ua.StatusCode(int(status)),
                    EPOCH + timedelta(microseconds=int(time_us)),
                )
            )
        self._file = path.open("a", buffering=1)
        self._newest_us: dict[str, int] = {}
        self._saved = asyncio.Condition()

    async def new_historized_node(self, node_id: ua.NodeId, period: timedelta | None, count: int = 0) -> None:
        await super().new_historized_node(node_id, None, 0)
        self._datachanges[node_id].extend(self._known.get(node_id.to_string(), []))

    async def save_node_value(self, node_id: ua.NodeId, datavalue: ua.DataValue) -> None:
        if datavalue.SourceTimestamp is None or isinstance(datavalue.Value.Value, list | str):
            return
        await super().save_node_value(node_id, datavalue)
        time_us = (datavalue.SourceTimestamp - EPOCH) // timedelta(microseconds=1)
        value = float(datavalue.Value.Value) if datavalue.Value.Value is not None else math.nan
        self._file.write(f"{node_id.to_string()},{time_us},{value!r},{datavalue.StatusCode.value}\n")
        async with self._saved:
            self._newest_us[node_id.to_string()] = time_us
            self._saved.notify_all()

    async def holds(self, names: list[str], time_us: int) -> None:
        """Returns when it holds the value of that instant, or a later one, of each variable."""
        async with self._saved:
            await self._saved.wait_for(lambda: all(self._newest_us.get(name, 0) >= time_us for name in names))


def entries(folder: Path) -> dict[tuple[str, int], float]:
    """The ledger: value by (address, microsecond)."""
    path = folder / "ledger.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()] if path.exists() else []
    return {(name, int(time_us)): float(value) for name, time_us, value, _ in rows}


class Users:
    """Knows the settings' users by their passwords, and takes everybody without a name."""

    def __init__(self, users: dict[str, str]) -> None:
        self._users = users

    def get_user(
        self, iserver: object, username: str | None = None, password: str | None = None, certificate: object = None
    ) -> User | None:
        if username is not None and self._users.get(username) != password:
            return None
        return User(role=UserRole.User)


class Plant:
    """The server and what it does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(settings.folder)
        self._server = Server(user_manager=Users(settings.users))
        self._ledger = Ledger(self._folder / "ledger.csv", settings.page)
        self._stopped = asyncio.Event()
        self._rows: asyncio.Task[int] | None = None

    async def start(self) -> None:
        server, settings = self._server, self._settings
        server.set_endpoint(settings.url)
        server.disable_clock()
        await server.init()
        server.iserver.history_manager.set_storage(self._ledger)
        if settings.trusts_nobody:
            server.set_certificate_validator(_refuse)
        if settings.certificate:
            await server.load_certificate(settings.certificate)
            await server.load_private_key(settings.key)
            server.set_security_policy([kind for kind in ua.SecurityPolicyType if kind is not _NO_SECURITY])
        else:
            server.set_security_policy([_NO_SECURITY])
        namespace = await server.register_namespace(URI)
        for index in range(settings.variables):
            await self._variable(namespace, index)
        _note_services(self._folder / "services.log")
        await server.start()
        if settings.interval_s:
            self._rows = asyncio.create_task(self._run())

    async def _variable(self, namespace: int, index: int) -> None:
        kind = ua.VariantType[self._settings.types.get(str(index), "Double")]
        nothing = ua.Variant(_NOTHING.get(kind, 0), kind)
        node = await self._server.nodes.objects.add_variable(
            ua.NodeId.from_string(address(index)), f"{namespace}:T{index}", nothing.Value, kind
        )
        await node.write_attribute(ua.AttributeIds.Value, ua.DataValue(nothing, SourceTimestamp=None))
        await node.set_writable()
        if kind is ua.VariantType.Double:
            unit = ua.EUInformation(DisplayName=ua.LocalizedText("kPa"))
            await node.add_property(ua.NodeId.from_string(f"{address(index)}.EU"), "0:EngineeringUnits", unit)
        if self._settings.history:
            await self._server.iserver.enable_history_data_change(node)

    async def _run(self) -> int:
        """Rows of true values at a steady rate; `rows.csv` holds the microsecond of each, the last is returned."""
        settings = self._settings
        nodes = [ua.NodeId.from_string(address(index)) for index in range(settings.variables)]
        loop = asyncio.get_running_loop()
        due = loop.time()
        rows = (self._folder / "rows.csv").open("a", buffering=1)
        time_us = 0
        while not self._stopped.is_set():
            due += settings.interval_s
            await asyncio.sleep(max(0.0, due - loop.time()))
            now = datetime.now(UTC)
            time_us = (now - EPOCH) // timedelta(microseconds=1)
            for index, node in enumerate(nodes):
                value = ua.DataValue(ua.Variant(truth(index, time_us), ua.VariantType.Double), SourceTimestamp=now)
                await self._server.write_attribute_value(node, value)
            rows.write(f"{time_us}\n")
        return time_us

    async def _stop(self) -> None:
        """Returns when the ledger, which the server writes behind the values, holds the last whole row."""
        assert self._rows is not None
        self._stopped.set()
        last_us = await self._rows
        names = [address(index) for index in range(self._settings.variables if self._settings.history else 0)]
        await self._ledger.holds(names, last_us)

    async def do(self, command: dict[str, Any]) -> None:
        """`write`, `remember` (history alone) or `stop`."""
        if command["do"] == "stop":
            await self._stop()
            return
        node = ua.NodeId.from_string(command["node"])
        kind = self._settings.types.get(command["node"].rpartition("T")[2], "Double")
        time = datetime.fromisoformat(command["time"]) if command.get("time") else None
        value = ua.DataValue(
            ua.Variant(command["value"], ua.VariantType[kind]),
            ua.StatusCode(command.get("status", 0)),
            time,
        )
        if command["do"] == "write":
            await self._server.write_attribute_value(node, value)
        else:
            await self._ledger.save_node_value(node, value)


async def _refuse(certificate: object, application: object) -> None:
    raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)


def _note_services(log: Path) -> None:
    """Write the name of every service that was asked for, once."""
    process, seen = UaProcessor.process_message, set[int]()

    async def noted(self: UaProcessor, header: object, body: Any) -> bool:
        number = nodeid_from_binary(body.copy()).Identifier
        if number not in seen:
            seen.add(number)
            with log.open("a") as file:
                file.write(ua.ObjectIdNames[number].partition("_")[0] + "\n")
        return await process(self, header, body)

    UaProcessor.process_message = noted


_NOTHING = {ua.VariantType.Double: 0.0, ua.VariantType.Boolean: False, ua.VariantType.String: ""}
_NO_SECURITY = ua.SecurityPolicyType.NoSecurity


async def _main(settings: Settings) -> None:
    plant = Plant(settings)
    await plant.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        await plant.do(json.loads(line))
        sys.stdout.write("ok\n")
        sys.stdout.flush()


class Child:
    """The server as a child process; usable again after `kill`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def start(self) -> None:
        """Returns when it takes connections."""
        command = [sys.executable, __file__, json.dumps(asdict(self.settings))]
        with (Path(self.settings.folder) / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._expect("ready")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def do(self, **command: object) -> None:
        """One command, until it is done."""
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the server does not run")
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        self._expect("ok")

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process.pid

    def _expect(self, word: str) -> None:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("the server does not run")
        said = self._process.stdout.readline().strip()
        if said != word:
            log = (Path(self.settings.folder) / "server.log").read_text()[-2000:]
            raise RuntimeError(f"the server said {said!r}, expected {word!r}:\n{log}")


if __name__ == "__main__":
    asyncio.run(_main(Settings(**json.loads(sys.argv[1]))))
