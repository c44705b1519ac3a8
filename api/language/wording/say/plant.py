"""Answers about what the plant is, and about what can be asked."""

from collections.abc import Sequence

from api.language.grounding.families import Family
from api.language.run.findings import Findings, Told
from api.language.wording.facts import Count, Draft, Instant, Name, Number, Place, Quote, Slot, Worded
from api.language.wording.say.common import bare, valued
from api.language.wording.shown import shown_unit
from twin.plant import Tag
from twin.query import AboutPlan, OutOfScopePlan, Plan

MEANING = "meaning"


def say_plant(draft: Draft, findings: Findings, told: Told) -> None:
    """What tags, assets or the plant are, or the aspect of them that is asked for."""
    plan = findings.plan
    aspect = plan.aspect if isinstance(plan, AboutPlan) else MEANING
    for name in plan.tags:
        _tag(draft, draft.plant.tag(name), told, aspect)
    if plan.tags and not plan.assets:
        return
    if aspect == "movable":
        _movable(draft, plan.assets)
    elif plan.assets:
        for asset in plan.assets:
            _asset(draft, asset, aspect)
    else:
        _plant(draft, aspect)


def say_scope(draft: Draft, plan: Plan) -> None:
    """What can be asked; before it, why a question is not one of these."""
    if isinstance(plan, OutOfScopePlan):
        draft.say(f"scope.{plan.reason}")
        if plan.reason != "other_topic":
            return
    draft.say("help")


def _tag(draft: Draft, tag: Tag, told: Told, aspect: str) -> None:
    if aspect in {MEANING, "members"}:
        _meaning(draft, tag)
    if aspect in {MEANING, "range"}:
        draft.say("about.range", tag=Name(tag.name), **_range(tag))
    if aspect == "unit":
        unit = shown_unit(tag.unit).strip()
        slots: dict[str, Slot] = {"unit": Quote("unit", unit, tag.name)} if unit else {}
        draft.say("about.unit" if unit else "about.no_unit", tag=Name(tag.name), **slots)
    if aspect == "limits" or (aspect == MEANING and any(tag.limits.items())):
        _limits(draft, tag)
    if aspect in {MEANING, "movable"}:
        _handle(draft, tag, aspect)
    if aspect == MEANING:
        if tag.aliases:
            draft.say("about.aliases", aliases=Quote("aliases", ", ".join(tag.aliases), tag.name))
        _now(draft, tag, told)


def _meaning(draft: Draft, tag: Tag) -> None:
    draft.say(
        "about.tag",
        tag=Name(tag.name),
        description=Quote("description", tag.description, tag.name),
        role=draft.part(f"role.{tag.role.value}"),
        asset=Place(tag.asset),
    )


def _limits(draft: Draft, tag: Tag) -> None:
    told = []
    for name, value in tag.limits.items():
        draft.claim(Family.LIMIT, name, tag.name)
        number = valued(name, value, tag.unit, tag.name)
        told.append(draft.part("about.limit", limit=draft.part(f"limit.{name}"), value=number))
    if told:
        draft.say("about.limits", tag=Name(tag.name), limits=draft.listed(told))
    else:
        draft.say("about.no_limits", tag=Name(tag.name))


def _handle(draft: Draft, tag: Tag, aspect: str) -> None:
    if tag.movable:
        draft.say("about.settable_tag", tag=Name(tag.name))
    elif tag.handle is not None:
        draft.say("about.handle", tag=Name(tag.name), handle=Name(tag.handle))
    elif aspect == "movable":
        draft.say("about.unmovable", tag=Name(tag.name))


def _now(draft: Draft, tag: Tag, told: Told) -> None:
    newest = told.newest.get(tag.name)
    if newest is not None and newest.value is not None:
        draft.say(
            "about.now",
            tag=Name(tag.name),
            value=valued("value", newest.value, tag.unit, tag.name),
            time=Instant("time of the value", newest.time),
        )


def _asset(draft: Draft, name: str, aspect: str) -> None:
    tags = draft.plant.tags_of(name)
    if aspect == "limits":
        for tag in tags:
            if any(tag.limits.items()):
                _limits(draft, tag)
        return
    draft.say("about.asset", asset=Place(name), description=Quote("description", draft.plant.asset(name).description))
    draft.say("about.members", count=Count("tags", len(tags)), names=draft.listed(Name(tag.name) for tag in tags))


def _movable(draft: Draft, assets: Sequence[str]) -> None:
    inside = {tag.name for asset in assets for tag in draft.plant.tags_of(asset)}
    tags = [tag for tag in draft.plant.movable if not assets or tag.name in inside]
    if not tags:
        draft.say("about.none_movable")
        return
    ranges: list[Worded] = [draft.part("about.settable", tag=Name(tag.name), **_range(tag)) for tag in tags]
    draft.say("about.movables", count=Count("movable tags", len(tags)), ranges=draft.listed(ranges, apart=True))


def _plant(draft: Draft, aspect: str) -> None:
    plant = draft.plant
    if aspect == "limits":
        for tag in plant.tags:
            if any(tag.limits.items()):
                _limits(draft, tag)
        return
    draft.say("about.plant", plant=Place(plant.name), description=Quote("description", plant.description))
    draft.say(
        "about.assets",
        count=Count("tags", len(plant.tags)),
        names=draft.listed(Place(asset.name) for asset in plant.assets),
    )


def _range(tag: Tag) -> dict[str, Number]:
    return {
        "low": bare("range low", tag.low, tag.unit, tag.name),
        "high": valued("range high", tag.high, tag.unit, tag.name),
    }
