"""Answers about tags, the plant's present state, and what the plant is."""

from api.language.old_facts import LIMIT_NAMES, Draft
from api.language.plans import AboutPlan, DescribePlan, Statistic, StatusPlan
from twin.answer import Status
from twin.event import EventFrame
from twin.operations.describe import LatestValue, TagSummary, describe_tag, history, latest, predicted
from twin.operations.status import plant_status
from twin.plant import Tag, TagRole
from twin.protocols import Twin

CHARTED = 4
LISTED = 6


def say_tags(plan: DescribePlan, twin: Twin) -> Draft:
    """A statistic of each tag in the window, or its value now or at an instant, with its history."""
    draft = Draft(twin.plant, "describe_tag")
    window = draft.over(plan.span)
    missing = 0
    for tag in plan.tags:
        numbers = describe_tag(twin, tag, plan.span)
        draft.ran("describe_tag", numbers if len(plan.tags) == 1 else None, tag=tag, start=plan.start, end=plan.end)
        if numbers.mean is None or numbers.last is None:
            missing += 1
            draft.say(f"There are no good samples of {tag}, {window}.")
            _last_heard(draft, tag, twin)
        elif plan.statistic in {Statistic.NOW, Statistic.AT}:
            _value(draft, plan, numbers, twin)
        else:
            draft.say(_sentence(draft, plan, numbers) + f", {window}.")
            _limits(draft, numbers)
    if missing == len(plan.tags):
        draft.status = Status.NO_DATA
    _chart(draft, plan, twin)
    draft.notes(plan.notes)
    return draft


def say_status(plan: StatusPlan, twin: Twin) -> Draft:
    """Open events, limits passed, silent tags; or the newest values of one asset."""
    status = plant_status(twin)
    draft = Draft(twin.plant, "plant_status")
    draft.ran("plant_status", status)
    if status.newest is None:
        draft.status = Status.NO_DATA
        draft.say("The historian holds no data yet.")
        return draft
    inside = {tag.name for tag in twin.plant.tags_of(plan.asset)} if plan.asset else None
    passed = [value for value in status.passed if inside is None or value.tag in inside]
    events = [event for event in status.open_events if inside is None or event.first_mover in inside]
    silent = [value for value in status.stale if inside is None or value.tag in inside]
    _overall(draft, plan.asset or "The plant", passed, events, silent)
    for event in events[:3]:
        draft.say(
            f"Since {draft.time('event start', event.start, day=True)}: {draft.quote('message', event.message)}"
        )
    for value in passed[:LISTED]:
        if value.value is not None and value.passed is not None:
            said = draft.number("value", value.value, value.unit, tag=value.tag)
            draft.say(f"{value.tag} is {said}, beyond its {LIMIT_NAMES[value.passed]}.")
    if plan.asset:
        _values_of(draft, plan.asset, twin)
    _silent(draft, silent)
    if unheard := [tag for tag in status.unheard if inside is None or tag in inside]:
        count = draft.count("tags never heard", len(unheard))
        draft.say(f"{count} tag{'s have' if len(unheard) > 1 else ' has'} never sent a sample: {_names(unheard)}.")
    if status.score is not None:
        score, threshold = draft.number("score", status.score, digits=2), draft.number("threshold", 1.0)
        draft.say(f"The newest score is {score}, the threshold {threshold}.")
    draft.say(f"Newest sample: {draft.time('newest sample', status.newest, day=True)}.")
    draft.notes(plan.notes)
    return draft


def say_about(plan: AboutPlan, twin: Twin) -> Draft:
    """What a tag, an asset or the plant is."""
    draft = Draft(twin.plant, "plant file")
    for name in plan.tags:
        _about_tag(draft, twin.plant.tag(name), twin)
    if plan.tags:
        return draft
    if plan.asset:
        asset = twin.plant.asset(plan.asset)
        names = [tag.name for tag in twin.plant.tags_of(plan.asset)]
        draft.say(f"{asset.name}: {draft.quote('description', asset.description)}.")
        draft.say(f"It has {draft.count('tags', len(names))} tags: {', '.join(names)}.")
    elif plan.movable:
        draft.say(f"An operator can set {draft.count('movable tags', len(twin.plant.movable))} tags:")
        draft.say("; ".join(f"{tag.name} ({_range(draft, tag)})" for tag in twin.plant.movable) + ".")
    else:
        draft.say(f"{twin.plant.name}: {draft.quote('description', twin.plant.description)}.")
        count = draft.count("tags", len(twin.plant.tags))
        draft.say(f"It has {count} tags on these assets: {', '.join(asset.name for asset in twin.plant.assets)}.")
    return draft


def _sentence(draft: Draft, plan: DescribePlan, numbers: TagSummary) -> str:
    tag, unit, name = numbers.tag, numbers.unit, draft.name(numbers.tag)
    if numbers.mean is None or numbers.low is None or numbers.high is None or numbers.last is None:
        return name
    low = draft.bare("minimum", numbers.low, unit, tag=tag)
    high = draft.number("maximum", numbers.high, unit, tag=tag)
    mean = draft.number("mean", numbers.mean, unit, tag=tag)
    between = f"between {low} and {high}"
    if plan.threshold is not None:
        return _threshold(draft, plan, numbers)
    if plan.statistic is Statistic.MAX:
        return f"{name} reached at most {high} (mean {mean})"
    if plan.statistic is Statistic.MIN:
        return f"{name} fell to {draft.number('minimum', numbers.low, unit, tag=tag)} at its lowest (mean {mean})"
    if plan.statistic is Statistic.STD:
        spread = draft.number("standard deviation", numbers.std or 0.0, unit, tag=tag, digits=3)
        return f"{name} had a standard deviation of {spread} around its mean of {mean}, {between}"
    if plan.statistic is Statistic.RANGE:
        return f"{name} was {between} (mean {mean})"
    count = draft.count("samples", numbers.count)
    if plan.statistic is Statistic.MEAN:
        kind = "change" if _held(draft, tag) else "good sample"
        kind += "" if numbers.count == 1 else "s"
        return f"{name} was {mean} on average, {between}, from {count} {kind}"
    first = draft.bare("first value", numbers.first if numbers.first is not None else numbers.last, unit, tag=tag)
    last = draft.number("last value", numbers.last, unit, tag=tag)
    return f"{name} went from {first} to {last}, {between} (mean {mean})"


def _threshold(draft: Draft, plan: DescribePlan, numbers: TagSummary) -> str:
    extreme = numbers.low if plan.below else numbers.high
    if plan.threshold is None or extreme is None:
        return draft.name(numbers.tag)
    passed = extreme < plan.threshold if plan.below else extreme > plan.threshold
    asked = draft.number("asked", plan.threshold, numbers.unit, tag=numbers.tag)
    reached = draft.number("minimum" if plan.below else "maximum", extreme, numbers.unit, tag=numbers.tag)
    side, most = ("below", "lowest") if plan.below else ("above", "highest")
    name = draft.name(numbers.tag)
    said = f"Yes: {name} was {side} {asked}" if passed else f"No: {name} was never {side} {asked}"
    return f"{said}; its {most} value was {reached}"


def _held(draft: Draft, tag: str) -> bool:
    return draft.plant.tag(tag).cadence is None


def _value(draft: Draft, plan: DescribePlan, numbers: TagSummary, twin: Twin) -> None:
    """The value now or at an instant, when it was measured, and how it moved in the hour before."""
    tag, unit = numbers.tag, numbers.unit
    if numbers.last is None or numbers.low is None or numbers.high is None:
        return
    value = draft.number("value", numbers.last, unit, tag=tag)
    newest = (
        next((item for item in latest(twin) if item.tag == tag), None) if plan.statistic is Statistic.NOW else None
    )
    moment = newest.time if newest is not None else plan.end
    verb = "is" if plan.statistic is Statistic.NOW else "was"
    low, high = (
        draft.bare("minimum", numbers.low, unit, tag=tag),
        draft.number("maximum", numbers.high, unit, tag=tag),
    )
    hour = draft.number("hours looked at", 1, "h")
    draft.say(
        f"{draft.name(tag)} {verb} {value} at {draft.time('time of the value', moment, day=True)}, "
        f"between {low} and {high} in the {hour} before."
    )
    if newest is not None and newest.stale:
        draft.say(f"{tag} has gone silent: what it is now is not known.")
    _limits(draft, numbers)


def _last_heard(draft: Draft, tag: str, twin: Twin) -> None:
    newest = next((item for item in latest(twin) if item.tag == tag), None)
    if newest is not None and newest.stale:
        draft.say(f"It has gone silent; its last sample is of {draft.time('last heard', newest.time, day=True)}.")


def _limits(draft: Draft, numbers: TagSummary) -> None:
    for passed in numbers.passed:
        value = draft.number(passed.limit, passed.value, numbers.unit, tag=numbers.tag)
        first = draft.time("first beyond", passed.first, day=True)
        share = draft.percent("share beyond", passed.share, tag=numbers.tag)
        draft.say(
            f"It passed its {LIMIT_NAMES[passed.limit]} of {value}, first at {first}, for {share} of the samples."
        )


def _chart(draft: Draft, plan: DescribePlan, twin: Twin) -> None:
    for tag in plan.tags[:CHARTED]:
        draft.series.append(history(twin, tag, plan.span))
        expected = predicted(twin, tag, plan.span)
        if expected.time:
            draft.series.append(expected)


def _silent(draft: Draft, silent: list[LatestValue]) -> None:
    """Which tags are silent; what they measure is not known, and so not normal."""
    if not silent:
        return
    count = draft.count("silent tags", len(silent))
    oldest = draft.time("last heard", min(value.time for value in silent), day=True)
    names = _names([value.tag for value in silent])
    said = f"{count} tag{'s have' if len(silent) > 1 else ' has'} gone silent or send{'' if len(silent) > 1 else 's'}"
    draft.say(f"{said} only bad quality, the first since {oldest}: {names}.")


def _names(tags: list[str]) -> str:
    return ", ".join(tags[:LISTED]) + (" and others" if len(tags) > LISTED else "")


def _overall(
    draft: Draft, name: str, passed: list[LatestValue], events: list[EventFrame], silent: list[LatestValue]
) -> None:
    open_events = (
        f"{draft.count('open events', len(events))} unusual event{'s are' if len(events) != 1 else ' is'} open"
    )
    beyond = (
        f"{draft.count('tags beyond limits', len(passed))} tag{'s are' if len(passed) != 1 else ' is'} beyond a limit"
    )
    if not events and not passed and not silent:
        draft.say(f"{name}: nothing unusual is going on and every tag is within its limits.")
    elif not events and not passed:
        draft.say(f"{name}: nothing unusual is going on as far as can be seen, but not every tag speaks.")
    else:
        draft.say(f"{name}: {open_events}, {beyond}.")


def _values_of(draft: Draft, asset: str, twin: Twin) -> None:
    names = {tag.name for tag in twin.plant.tags_of(asset) if tag.role is TagRole.MEASURED}
    values = [value for value in latest(twin) if value.tag in names and value.value is not None][:LISTED]
    said = [
        f"{value.tag} {draft.number('value', value.value, value.unit, tag=value.tag)}"
        for value in values
        if value.value is not None
    ]
    if said:
        draft.say(f"Newest values: {', '.join(said)}.")


def _about_tag(draft: Draft, tag: Tag, twin: Twin) -> None:
    draft.say(f"{tag.name}: {draft.quote('description', tag.description, tag=tag.name)} ({tag.role} on {tag.asset}).")
    draft.say(f"Its range is {_range(draft, tag)}.")
    limits = [
        f"{LIMIT_NAMES[name]} {draft.number(name, value, tag.unit, tag=tag.name)}"
        for name, value in tag.limits.items()
    ]
    if limits:
        draft.say(f"Limits: {', '.join(limits)}.")
    if tag.handle:
        draft.say(f"An operator moves it through {tag.handle}.")
    if tag.aliases:
        draft.say(f"Also called {draft.quote('aliases', ', '.join(tag.aliases), tag=tag.name)}.")
    newest = next((item for item in latest(twin) if item.tag == tag.name), None)
    if newest is not None and newest.value is not None:
        value = draft.number("value", newest.value, tag.unit, tag=tag.name)
        draft.say(f"Now {value} ({draft.time('time of the value', newest.time, day=True)}).")


def _range(draft: Draft, tag: Tag) -> str:
    low, high = (
        draft.bare("low", tag.low, tag.unit, tag=tag.name),
        draft.number("high", tag.high, tag.unit, tag=tag.name),
    )
    return f"{low} to {high}"
