"""Event frames of silences."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from models.anomaly.hearing import Gap, Silent
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.plant import Plant

RULE = "silence-rule"
"""Stands where other events name their model version; also the name of the watch's bookmark."""

HIGH, MEDIUM = 0.5, 0.1
"""Parts of the plant's watched tags from which a silence is of that severity."""

_NAMED = 12
_BAD = "nothing but bad quality"


def opened(asset: str, silent: Sequence[Silent], heard: int, plant: Plant, now: datetime) -> EventFrame:
    """The event of tags that stopped together; `heard` tags are watched."""
    tags = sorted(silent, key=lambda item: (item.since, item.tag))
    digest = hashlib.sha256(f"{RULE}|{now.isoformat()}|{asset}|{tags[0].tag}".encode()).hexdigest()
    contributions = _contributions([(item.tag, item.since) for item in tags])
    return EventFrame(
        id=f"{now:%Y%m%dT%H%MZ}-{digest[:8]}",
        kind=Kind.SILENCE,
        severity=_severity([item.tag for item in tags], heard, plant),
        start=tags[0].since,
        end=None,
        detected_at=now,
        score=max((now - item.since) / item.limit for item in tags),
        contributions=contributions,
        first_mover=tags[0].tag,
        asset=asset,
        model_version=RULE,
        message=message(asset, contributions, tags[0].since, None, plant, bad=all(item.bad for item in tags)),
    )


def grown(
    frame: EventFrame, more: Sequence[Silent], plant: Plant, limits: Mapping[str, timedelta], now: datetime
) -> EventFrame:
    """The event with tags that stopped together with its own, and only now have been silent for too long."""
    known = [(item.tag, item.first_seen) for item in frame.contributions]
    members = sorted([*known, *((item.tag, item.since) for item in more)], key=lambda member: (member[1], member[0]))
    contributions, start = _contributions(members), min(frame.start, members[0][1])
    severity = _severity([tag for tag, _ in members], len(limits), plant)
    bad = _BAD in frame.message and all(item.bad for item in more)
    return frame.model_copy(
        update={
            "contributions": contributions,
            "start": start,
            "first_mover": members[0][0],
            "severity": max(frame.severity, severity, key=lambda item: item.rank),
            "score": max(frame.score, *((now - item.since) / item.limit for item in more)),
            "message": message(frame.asset, contributions, start, None, plant, bad=bad),
        }
    )


def with_gaps(
    frame: EventFrame,
    gaps: Sequence[Gap],
    end: datetime,
    plant: Plant,
    limits: Mapping[str, timedelta],
    came: datetime | None,
) -> EventFrame:
    """The event that has ended; `gaps` are what is left of it, `came` says when late samples filled the rest.

    An event of which nothing is left is withdrawn.
    """
    if not gaps:
        text = message(frame.asset, frame.contributions, frame.start, frame.end or end, plant, bad=False)
        said = f"Withdrawn: samples that came late fill it. {text}"
        gone = {"withdrawn": True, "message": said, "end": frame.end or end, "backfilled_at": came}
        return frame.model_copy(update=gone)
    members = sorted(((gap.tag, gap.start) for gap in gaps), key=lambda member: (member[1], member[0]))
    contributions, start = _contributions(members), members[0][1]
    return frame.model_copy(
        update={
            "contributions": contributions,
            "start": start,
            "end": end,
            "first_mover": members[0][0],
            "score": max(((gap.end or end) - gap.start) / limits[gap.tag] for gap in gaps),
            "message": message(frame.asset, contributions, start, end, plant, bad=_BAD in frame.message),
            "backfilled_at": came or frame.backfilled_at,
        }
    )


def message(
    asset: str,
    members: Sequence[Contribution],
    start: datetime,
    end: datetime | None,
    plant: Plant,
    *,
    bad: bool,
) -> str:
    """One sentence: which tags, since or from when to when, on the plant's clock."""
    zone = plant.time_zone
    many = len(members) > 1
    what = _BAD if bad else "nothing"
    since = f"{start.astimezone(zone):%a %d %b %H:%M}"
    if end is None:
        said = f"{'have' if many else 'has'} sent {what} since {since} {start.astimezone(zone):%Z}"
    else:
        said = f"sent {what} from {since} to {end.astimezone(zone):%a %d %b %H:%M %Z}"
    if not many:
        tag = plant.tag(members[0].tag)
        return f"{tag.description} ({tag.name}) {said}."
    names = ", ".join(item.tag for item in members[:_NAMED])
    more = f" and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
    return f"{len(members)} tags of {asset} {said}: {names}{more}."


def _contributions(members: Sequence[tuple[str, datetime]]) -> tuple[Contribution, ...]:
    share = 1.0 / len(members)
    return tuple(Contribution(tag=tag, share=share, peak_sigma=0.0, first_seen=since) for tag, since in members)


def _severity(tags: Sequence[str], heard: int, plant: Plant) -> Severity:
    """High when half of the plant is not seen; medium for a tenth of it, or a tag with a limit: no alarm can come."""
    share = len(tags) / max(heard, 1)
    if share >= HIGH:
        return Severity.HIGH
    limited = any(next(plant.tag(tag).limits.items(), None) is not None for tag in tags)
    return Severity.MEDIUM if limited or share >= MEDIUM else Severity.LOW
