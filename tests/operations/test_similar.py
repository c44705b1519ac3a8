"""Earlier events that were like one."""

import pytest

from twin.event import Feedback, Trait
from twin.operations.explain import explain_event
from twin.operations.similar import similar_events


def traits(**parts):
    return tuple(Trait(tag=tag, residual=residual, shift=shift) for tag, (residual, shift) in parts.items())


def put(fake, twin, **prints):
    """Earlier events, alike but for their fingerprints, and the one that is asked about."""
    asked = fake.FRAMES[0].model_copy(update={"fingerprint": traits(a=(0.8, 0.0), b=(0.6, 1.0))})
    for number, (name, made) in enumerate(prints.items()):
        start = fake.START + number * fake.STEP
        update = {"id": name, "start": start, "end": start + fake.STEP, "fingerprint": made}
        twin.events.put([asked.model_copy(update=update)])
    twin.events.put([asked])
    return asked


def test_the_nearest_event_left_the_prediction_alike_and_took_the_plant_to_the_same_place(fake):
    twin = fake.build()
    asked = put(
        fake,
        twin,
        same=traits(a=(0.8, 0.0), b=(0.6, 1.0)),
        elsewhere=traits(a=(0.8, 1.0), b=(0.6, 0.0)),
        opposite=traits(a=(-0.8, 0.0), b=(-0.6, -1.0)),
    )
    found = similar_events(twin, asked, 3, least=-1.0)
    assert [item.event.id for item in found] == ["same", "elsewhere", "opposite"]
    assert [item.similarity for item in found] == pytest.approx([1.0, 0.5, 0.0])
    assert [item.distance for item in found] == pytest.approx([0.0, 1.0, 2.0], abs=1e-6)


def test_only_so_many_are_given(fake):
    twin = fake.build()
    same = traits(a=(0.8, 0.0), b=(0.6, 1.0))
    asked = put(fake, twin, one=same, two=same, three=same)
    assert len(similar_events(twin, asked, 2)) == 2


def test_what_was_said_and_done_then_is_told(fake):
    twin = fake.build()
    asked = put(fake, twin, earlier=traits(a=(0.8, 0.0), b=(0.6, 1.0)))
    told = {"start": fake.MOVED_AT - fake.STEP, "end": fake.MOVED_AT + fake.STEP}
    later = asked.model_copy(update={"start": fake.NOW - fake.STEP, "end": None})
    twin.events.put([twin.events.get("earlier").model_copy(update=told), later])
    for label in ("true", "known"):
        twin.events.add_feedback(Feedback(event_id="earlier", time=fake.NOW, label=label, author="K. Ito"))
    [case] = [item for item in similar_events(twin, later) if item.event.id == "earlier"]
    assert case.said is not None
    assert case.said.label == "known"
    assert [move.tag for move in case.moves] == ["sp.reactor_pressure"]
    assert "was judged known, and 1 move(s) were made then" in (explain_event(twin, later.id).nearest or "")


def test_a_distant_event_is_not_called_alike(fake):
    twin = fake.build()
    put(fake, twin, elsewhere=traits(a=(0.8, 1.0), b=(0.6, 0.0)))
    assert explain_event(twin, fake.FRAMES[0].id).nearest is None
