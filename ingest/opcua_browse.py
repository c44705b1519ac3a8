"""What variables an OPC UA server has, as the `tags` of ingest.yaml."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_session import UaSession
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIdNames, ObjectIds

from ingest.opcua_config import OpcUaConfig
from ingest.opcua_security import secure

_AT_ONCE = 100
_OBJECTS = ua.NodeId.from_string(f"i={ObjectIds.ObjectsFolder}")
_HAS_PROPERTY = ua.NodeId.from_string(f"i={ObjectIds.HasProperty}")
_PROPERTY = ua.NodeId.from_string(f"i={ObjectIds.PropertyType}")
_HIERARCHY = ua.NodeId.from_string(f"i={ObjectIds.HierarchicalReferences}")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a server: node id, name, data type by its name, and engineering unit where the server says it."""

    node: str
    name: str
    type: str
    unit: str | None


async def browse(config: OpcUaConfig, state: Path) -> tuple[Variable, ...]:
    """All variables below Objects but the server's own; raises ConfigurationError, and what the network raises."""
    client = Client(config.url, timeout=config.timeout.total_seconds())
    await secure(client, config, state)
    async with client:
        session = client.uaclient.session
        found = [item async for item in _walk(session)]
        variables: list[Variable] = []
        for start in range(0, len(found), _AT_ONCE):
            variables += await _describe(session, found[start : start + _AT_ONCE])
        return tuple(variables)


def as_tags(variables: Iterable[Variable]) -> str:
    """A `tags` section in which every variable stands for a tag of its own name."""
    tags = {v.node: v.name if v.unit is None else {"tag": v.name, "unit": v.unit} for v in variables}
    return yaml.safe_dump({"tags": tags}, allow_unicode=True, sort_keys=False)


async def _walk(session: UaSession) -> AsyncIterator[tuple[ua.NodeId, str]]:
    """(node id, name) of every variable of another namespace than the standard's, each once."""
    seen: set[ua.NodeId] = set()
    level = [_OBJECTS]
    while level:
        following: list[ua.NodeId] = []
        for start in range(0, len(level), _AT_ONCE):
            for reference in await _children(session, level[start : start + _AT_ONCE], _HIERARCHY):
                node = ua.NodeId(reference.NodeId.Identifier, reference.NodeId.NamespaceIndex)
                if node in seen or node.NamespaceIndex == 0:
                    continue
                seen.add(node)
                following.append(node)
                if reference.NodeClass == ua.NodeClass.Variable and reference.TypeDefinition != _PROPERTY:
                    yield node, reference.DisplayName.Text or reference.BrowseName.Name
        level = following


async def _children(session: UaSession, nodes: Sequence[ua.NodeId], kind: ua.NodeId) -> list[ua.ReferenceDescription]:
    wanted = [
        ua.BrowseDescription(
            node, ua.BrowseDirection.Forward, kind, IncludeSubtypes=True, ResultMask=ua.BrowseResultMask.All
        )
        for node in nodes
    ]
    results = await session.browse(ua.BrowseParameters(NodesToBrowse=wanted))
    references = [reference for result in results for reference in result.References or ()]
    while points := [result.ContinuationPoint for result in results if result.ContinuationPoint]:
        results = await session.browse_next(ua.BrowseNextParameters(False, points))
        references += [reference for result in results for reference in result.References or ()]
    return references


async def _describe(session: UaSession, found: Sequence[tuple[ua.NodeId, str]]) -> list[Variable]:
    types = await session.read_attributes([node for node, _ in found], AttributeIds.DataType)
    variables = []
    for (node, name), type_ in zip(found, types, strict=True):
        number = type_.Value.Value.Identifier if type_.Value is not None and type_.Value.Value is not None else 0
        kind = ObjectIdNames.get(number, "unknown") if isinstance(number, int) else "unknown"
        variables.append(Variable(node.to_string(), name, kind, await _unit(session, node)))
    return variables


async def _unit(session: UaSession, node: ua.NodeId) -> str | None:
    """The display name in the variable's EngineeringUnits property (OPC 10000-8, 5.6.3)."""
    for reference in await _children(session, [node], _HAS_PROPERTY):
        if reference.BrowseName.Name == "EngineeringUnits":
            at = ua.NodeId(reference.NodeId.Identifier, reference.NodeId.NamespaceIndex)
            [value] = await session.read_attributes([at], AttributeIds.Value)
            unit = getattr(value.Value.Value, "DisplayName", None) if value.Value is not None else None
            return unit.Text or None if unit is not None else None
    return None
