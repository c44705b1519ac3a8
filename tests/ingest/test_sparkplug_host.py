"""Sparkplug B: a value goes to the tag it was sent for or nowhere; nobody believes the last value of the dead."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sparkplug_host import Heard, SparkplugHost
from ingest.sparkplug_payload import Payload, rebirth_command
from twin.clock import from_datetime64, to_datetime64
from twin.sample import Quality

from .sparkplug_node import DOUBLE, STRING, EdgeNode, Published

MS = 1_772_611_200_000
NODE = ("g", "n")


def hear(host: SparkplugHost, *messages: Published, at: int = MS) -> Heard:
    for topic, payload in messages:
        host.receive(topic, payload, at * 1000)
    return host.take()


def rows(heard: Heard) -> list[tuple[str, int, float, int]]:
    """(address, milliseconds, value, quality) of the samples."""
    milliseconds = [int(time) // 1000 for time in heard.samples.time.astype("int64")]
    return [(s.tag, ms, s.value, int(s.quality)) for s, ms in zip(heard.samples, milliseconds, strict=True)]


def reasons(heard: Heard) -> list[str]:
    return [unreadable.reason for unreadable in heard.unreadable]


@pytest.fixture
def host() -> SparkplugHost:
    return SparkplugHost()


@pytest.fixture
def node() -> EdgeNode:
    return EdgeNode()


def born(host: SparkplugHost, node: EdgeNode, alias: int | None = 1) -> None:
    """A node with metric speed and device d with metrics t and p."""
    messages = [
        node.birth({"speed": 1.0}, MS, first_alias=alias),
        node.birth({"t": 20.0, "p": 3.0}, MS, "d", first_alias=None if alias is None else alias + 10),
    ]
    assert not hear(host, *messages).rebirths


def test_births_are_samples_too_and_the_address_is_group_node_device_metric(
    host: SparkplugHost, node: EdgeNode
) -> None:
    heard = hear(host, node.birth({"speed": 1.0}, MS), node.birth({"t": 20.0}, MS + 5, "d"))
    assert rows(heard) == [("g/n//speed", MS, 1.0, 2), ("g/n/d/t", MS + 5, 20.0, 2)]
    assert not heard.unreadable


def test_data_by_alias_and_by_name(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    heard = hear(host, node.data({"t": 21.0, "p": 4.0}, MS + 9, "d"), node.data({"speed": 2.0}, MS + 9, named=True))
    assert rows(heard) == [("g/n/d/t", MS + 9, 21.0, 2), ("g/n/d/p", MS + 9, 4.0, 2), ("g/n//speed", MS + 9, 2.0, 2)]
    assert not heard.rebirths


def test_the_sequence_goes_on_after_255(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    heard = hear(host, *(node.data({"t": i}, MS + i, "d") for i in range(600)))
    assert len(heard.samples) == 600
    assert not heard.rebirths


def test_a_gap_leads_to_one_rebirth_request_and_aliases_are_not_believed_until_the_birth(
    host: SparkplugHost, node: EdgeNode
) -> None:
    born(host, node)
    node.data({"t": 0.0}, MS, "d")  # is lost
    heard = hear(host, node.data({"t": 21.0}, MS + 1, "d"), node.data({"t": 22.0}, MS + 2, "d"))
    assert heard.rebirths == (NODE,)
    assert reasons(heard) == ["alias after a sequence gap"] * 2
    assert not len(heard.samples)
    born(host, node, alias=7)
    assert rows(hear(host, node.data({"t": 23.0}, MS + 3, "d"))) == [("g/n/d/t", MS + 3, 23.0, 2)]


def test_names_are_believed_in_spite_of_a_gap(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    node.data({"t": 0.0}, MS, "d")
    heard = hear(host, node.data({"t": 21.0}, MS + 1, "d", named=True))
    assert rows(heard) == [("g/n/d/t", MS + 1, 21.0, 2)]
    assert heard.rebirths == (NODE,)


def test_an_unanswered_request_is_made_again_after_a_while(host: SparkplugHost, node: EdgeNode) -> None:
    assert hear(host, node.data({}, MS), at=MS).rebirths == (NODE,)
    assert hear(host, node.data({}, MS), at=MS + 4_999).rebirths == ()
    assert hear(host, node.data({}, MS), at=MS + 5_000).rebirths == (NODE,)


def test_data_of_an_unknown_node_or_device_asks_for_its_birth(host: SparkplugHost, node: EdgeNode) -> None:
    node.aliases["d", "t"] = 3
    heard = hear(host, node.data({"t": 1.0}, MS, "d"))
    assert (heard.rebirths, reasons(heard), len(heard.samples)) == ((NODE,), ["no birth"], 0)


def test_an_unknown_alias_asks_for_a_birth(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    node.aliases["d", "x"] = 999
    heard = hear(host, node.data({"x": 1.0}, MS, "d"))
    assert (heard.rebirths, reasons(heard)) == ((NODE,), ["unknown metric"])
    assert "alias 999" in heard.unreadable[0].detail


def test_an_alias_of_two_metrics_stands_for_neither(host: SparkplugHost, node: EdgeNode) -> None:
    payload = Payload(timestamp=MS, seq=0)
    for name in ("a", "b"):
        payload.metrics.add(name=name, alias=5, datatype=DOUBLE, double_value=1.0, timestamp=MS)
    node.seq, node.aliases["", "a"] = 0, 5
    heard = hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()), node.data({"a": 2.0}, MS + 1))
    assert [row[2] for row in rows(heard)] == [1.0, 1.0]
    assert (reasons(heard), heard.rebirths) == (["alias of two metrics"], ())


def test_a_dead_node_leaves_bad_samples_for_all_its_tags_at_the_time_of_its_death(
    host: SparkplugHost, node: EdgeNode
) -> None:
    born(host, node)
    dead = rows(hear(host, node.death(), at=MS + 60_000))
    assert [(tag, ms, quality) for tag, ms, _, quality in dead] == [
        ("g/n//speed", MS + 60_000, 0),
        ("g/n/d/t", MS + 60_000, 0),
        ("g/n/d/p", MS + 60_000, 0),
    ]
    assert all(math.isnan(value) for _, _, value, _ in dead)
    assert not len(hear(host, node.death(), at=MS + 61_000).samples)


def test_a_death_is_never_older_than_the_last_value(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    hear(host, node.data({"t": 21.0}, MS + 90_000, "d"))
    heard = hear(host, node.death(), at=MS + 60_000)
    last = {s.tag: s.time for s in heard.samples}["g/n/d/t"]
    assert to_datetime64(last).astype("int64") == (MS + 90_000) * 1000 + 1


def test_the_death_of_an_earlier_session_says_nothing(host: SparkplugHost, node: EdgeNode) -> None:
    late = node.death()
    node.bd_seq = 1
    born(host, node)
    assert not len(hear(host, late).samples)
    assert len(hear(host, node.death()).samples) == 3


def test_a_dead_device_leaves_the_node_alive(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    heard = hear(host, node.device_death("d", MS + 7), node.data({"speed": 5.0}, MS + 8))
    assert [(tag, quality) for tag, _, _, quality in rows(heard)] == [
        ("g/n/d/t", 0),
        ("g/n/d/p", 0),
        ("g/n//speed", 2),
    ]
    assert not heard.rebirths


def test_after_a_death_the_value_that_a_birth_tells_holds_from_the_birth_on(
    host: SparkplugHost, node: EdgeNode
) -> None:
    born(host, node)
    hear(host, node.death(), at=MS + 60_000)
    payload = Payload(timestamp=MS + 90_000, seq=0)
    payload.metrics.add(name="speed", datatype=DOUBLE, double_value=1.0, timestamp=MS - 5)
    heard = hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()), at=MS + 90_000)
    assert rows(heard) == [("g/n//speed", MS + 90_000, 1.0, 2)]


def test_a_new_session_without_the_death_of_the_old_one_does_not_leave_old_values_standing(
    host: SparkplugHost, node: EdgeNode
) -> None:
    born(host, node)
    node.bd_seq = 1
    heard = hear(host, node.birth({"speed": 2.0}, MS + 50), at=MS + 50)
    assert rows(heard)[-1] == ("g/n//speed", MS + 50, 2.0, 2)
    assert {(tag, quality) for tag, _, _, quality in rows(heard)[:-1]} == {
        ("g/n//speed", 0),
        ("g/n/d/t", 0),
        ("g/n/d/p", 0),
    }


def test_after_a_lost_connection_every_living_node_is_asked_for_its_births(
    host: SparkplugHost, node: EdgeNode
) -> None:
    born(host, node)
    host.reconnected(MS * 1000)
    assert host.take().rebirths == (NODE,)
    heard = hear(host, node.data({"t": 1.0}, MS, "d"))
    assert reasons(heard) == ["alias after a sequence gap"]


def metric_of(**fields: object) -> Published:
    payload = Payload(timestamp=MS, seq=0)
    payload.metrics.add(name="m", timestamp=MS, **fields)
    return "spBv1.0/g/NBIRTH/n", payload.SerializeToString()


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"datatype": 1, "int_value": 0xFFFFFFFF}, -1),  # Eclipse Tahu
        ({"datatype": 1, "int_value": 0xFF}, -1),  # in the type's own width
        ({"datatype": 2, "int_value": 0xFFFF8000}, -32768),
        ({"datatype": 3, "int_value": 0xFFFFFFFE}, -2),
        ({"datatype": 4, "long_value": 2**64 - 5}, -5),
        ({"datatype": 5, "int_value": 255}, 255),
        ({"datatype": 6, "int_value": 65535}, 65535),
        ({"datatype": 7, "int_value": 2**32 - 1}, 2**32 - 1),
        ({"datatype": 7, "long_value": 2**32 - 1}, 2**32 - 1),
        ({"datatype": 8, "long_value": 2**53}, 2**53),
        ({"datatype": 9, "float_value": 0.5}, 0.5),
        ({"datatype": 10, "double_value": 0.1}, 0.1),
        ({"datatype": 11, "boolean_value": True}, 1),
    ],
)
def test_numbers_of_every_type_are_read(host: SparkplugHost, fields: dict[str, object], value: float) -> None:
    assert rows(hear(host, metric_of(**fields))) == [("g/n//m", MS, value, 2)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"datatype": 5, "int_value": 256}, "outside its type"),
        ({"datatype": 2, "int_value": 70_000}, "outside its type"),
        ({"datatype": 8, "long_value": 2**53 + 1}, "too large for float64"),
        ({"datatype": STRING, "string_value": "open"}, "not a number"),
        ({"datatype": 13, "long_value": MS}, "not a number"),
        ({"datatype": 0, "int_value": 1}, "not a number"),
        ({"datatype": 99, "int_value": 1}, "not a number"),
        ({"datatype": DOUBLE, "float_value": 1.0}, "value does not fit its type"),
        ({"datatype": 4, "double_value": 1.0}, "value does not fit its type"),
    ],
)
def test_what_is_no_number_is_refused_by_name_and_costs_no_other_metric(
    host: SparkplugHost, fields: dict[str, object], reason: str
) -> None:
    payload = Payload(timestamp=MS, seq=0)
    payload.metrics.add(name="m", timestamp=MS, **fields)
    payload.metrics.add(name="other", datatype=DOUBLE, double_value=1.0, timestamp=MS)
    heard = hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()))
    assert rows(heard) == [("g/n//other", MS, 1.0, 2)]
    assert reasons(heard) == [reason]
    assert heard.unreadable[0].detail.startswith("g/n//m: ")


@pytest.mark.parametrize("fields", [{"is_null": True}, {}, {"double_value": math.inf}])
def test_null_and_what_is_not_finite_is_bad(host: SparkplugHost, fields: dict[str, object]) -> None:
    ((_, _, value, quality),) = rows(hear(host, metric_of(datatype=DOUBLE, **fields)))
    assert math.isnan(value)
    assert quality == Quality.BAD


@pytest.mark.parametrize(("code", "quality"), [(192, 2), (0, 0), (500, 0), (64, 1)])
def test_the_property_quality_is_kept(host: SparkplugHost, code: int, quality: int) -> None:
    payload = Payload(timestamp=MS, seq=0)
    metric = payload.metrics.add(name="m", datatype=DOUBLE, double_value=1.0, timestamp=MS)
    metric.properties.keys.append("Quality")
    metric.properties.values.add(type=3, int_value=code)
    assert rows(hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()))) == [("g/n//m", MS, 1.0, quality)]


def test_a_metric_without_a_time_has_its_payloads_and_without_that_the_arrival_and_is_uncertain(
    host: SparkplugHost,
) -> None:
    payload = Payload(timestamp=MS, seq=0)
    payload.metrics.add(name="m", datatype=DOUBLE, double_value=1.0)
    first = hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()), at=MS + 9)
    payload.ClearField("timestamp")
    second = hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()), at=MS + 9)
    assert rows(first) + rows(second) == [("g/n//m", MS, 1.0, 2), ("g/n//m", MS + 9, 1.0, 1)]


def test_historical_metrics_are_stored_where_they_belong_and_transient_ones_are_not_kept(
    host: SparkplugHost,
) -> None:
    payload = Payload(timestamp=MS, seq=0)
    payload.metrics.add(name="h", datatype=DOUBLE, double_value=1.0, timestamp=MS - 999, is_historical=True)
    payload.metrics.add(name="t", datatype=DOUBLE, double_value=1.0, timestamp=MS, is_transient=True)
    assert rows(hear(host, ("spBv1.0/g/NBIRTH/n", payload.SerializeToString()))) == [("g/n//h", MS - 999, 1.0, 2)]


@pytest.mark.parametrize(
    "topic", ["spBv1.0/g/DDATA/n", "spBv1.0/g/NDATA/n/d", "other/g/NDATA/n", "spBv1.0/g/X/n", ""]
)
def test_other_topics_are_refused(host: SparkplugHost, topic: str) -> None:
    assert reasons(hear(host, (topic, b""))) == ["not a Sparkplug topic"]


def test_bytes_that_are_no_payload_are_a_dead_letter_and_a_gap(host: SparkplugHost, node: EdgeNode) -> None:
    born(host, node)
    heard = hear(host, ("spBv1.0/g/DDATA/n/d", b"\xff\xff"), node.data({"t": 1.0}, MS, "d"))
    assert reasons(heard) == ["not a Sparkplug payload", "alias after a sequence gap"]
    assert heard.rebirths == (NODE,)


def test_a_rebirth_command_is_one_that_pysparkplug_understands() -> None:
    import pysparkplug

    command = pysparkplug.NCmd.decode(rebirth_command(MS))
    (metric,) = command.metrics
    assert (metric.name, metric.value, command.timestamp) == ("Node Control/Rebirth", True, MS)


def test_what_pysparkplug_publishes_is_read(host: SparkplugHost) -> None:
    import pysparkplug as ps

    metric = ps.Metric(MS, "t", ps.DataType.INT32, -7, alias=3)
    birth = ps.NBirth(MS, 0, (metric, ps.Metric(MS, "bdSeq", ps.DataType.INT64, 0)))
    data = ps.NData(MS + 1, 1, (ps.Metric(MS + 1, None, ps.DataType.INT32, 8, alias=3),))
    heard = hear(host, ("spBv1.0/g/NBIRTH/n", birth.encode()), ("spBv1.0/g/NDATA/n", data.encode()))
    assert [row[2] for row in rows(heard)] == [-7, 8]


METRICS = {"": ("speed", "load"), "a": ("t", "p"), "b": ("t", "p", "q")}
CODE = {(device, name): 100.0 * i + j for i, device in enumerate(METRICS) for j, name in enumerate(METRICS[device])}
BY_ADDRESS = {f"g/n/{device}/{name}": code for (device, name), code in CODE.items()}
STEP = st.tuples(
    st.sampled_from(["nbirth", "dbirth", "data", "data", "data", "ddeath", "ndeath", "noise"]),
    st.sampled_from(["", "a", "b"]),
    st.integers(0, 9),
    st.booleans(),
    st.booleans(),
)


@dataclass
class Story:
    """What a node publishes step by step, and which of it is lost on the way; values tell the tag they belong to."""

    node: EdgeNode = field(default_factory=EdgeNode)
    births: int = 0

    def message(self, kind: str, device: str, number: int, named: bool) -> Published | None:
        metrics = {name: CODE[device, name] for name in METRICS[device]}
        if kind == "nbirth" or (kind == "dbirth" and not device):
            metrics, device = {name: CODE["", name] for name in METRICS[""]}, ""
            self.births += 1
            self.node.bd_seq = self.births
        if kind in ("nbirth", "dbirth"):
            return self.node.birth(metrics, MS, device, first_alias=number)
        if kind == "ndeath":
            return self.node.death()
        if kind == "ddeath":
            return self.node.device_death(device or "a", MS)
        if kind == "noise":
            return "spBv1.0/g/NDATA/n", bytes([number] * number)
        known = all((device, name) in self.node.aliases for name in metrics)
        return self.node.data(metrics, MS, device, named) if known or named else None


@settings(deadline=None, max_examples=200)
@given(st.lists(STEP, max_size=40))
def test_whatever_is_lost_no_value_goes_to_the_wrong_tag_and_one_request_is_made_until_the_birth(
    steps: list[tuple[str, str, int, bool, bool]],
) -> None:
    story, host, asked = Story(), SparkplugHost(), 0
    for kind, device, number, named, lost in steps:
        message = story.message(kind, device, number, named)
        if message is None or lost:
            continue
        heard = hear(host, message)
        asked += len(heard.rebirths)
        assert asked <= 1, "asked again although nobody can have answered yet"
        for tag, _, value, quality in rows(heard):
            assert quality == Quality.BAD or value == BY_ADDRESS[tag]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(["", "a", "b"]), min_size=2, max_size=30), st.data())
def test_every_gap_is_asked_about_exactly_once(devices: list[str], data: st.DataObject) -> None:
    story, host = Story(), SparkplugHost()
    for device in METRICS:
        hear(host, story.message("nbirth" if not device else "dbirth", device, 1, named=False) or ("", b""))
    messages = [story.message("data", device, 0, named=False) for device in devices]
    lost = data.draw(st.integers(0, len(messages) - 2))
    heard = hear(host, *(m for i, m in enumerate(messages) if m is not None and i != lost))
    assert heard.rebirths == (NODE,)
    assert len(heard.samples) == sum(len(METRICS[device]) for device in devices[:lost])


TOPIC = st.builds("/".join, st.lists(st.sampled_from(["spBv1.0", "g", "n", "d", "", "NBIRTH", "DDATA", "NDEATH"])))


@settings(deadline=None)
@given(st.lists(st.tuples(TOPIC | st.text(max_size=20), st.binary(max_size=60)), max_size=10))
def test_nothing_that_comes_raises(messages: list[Published]) -> None:
    heard = hear(SparkplugHost(), *messages)
    assert all(from_datetime64(time) for time in heard.samples.time)
