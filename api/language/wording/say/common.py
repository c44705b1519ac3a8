"""Parts of sentences that several answers share: subjects, moves, limits, verdicts."""

from collections.abc import Iterable, Sequence

from api.language.grounding.families import Family
from api.language.run.findings import Findings
from api.language.wording.facts import Change, Draft, Instant, Name, Number, Over, Place, Quote, Share, Worded
from twin.answer import TimeWindow
from twin.clock import Span
from twin.scenario import LimitRisk, LoggedMove, Verdict

LISTED = 6
NOTHING = Worded("")
INTERVAL = 0.9


def span_of(window: TimeWindow) -> Span:
    """The window as the calendar takes it."""
    return Span(window.start, window.end)


def looked_at(findings: Findings) -> Over:
    """The window that was looked at; raises ValueError where a plan has none."""
    if findings.window is None:
        raise ValueError(f"the findings of {findings.plan.intent} have no window")
    return Over(findings.window)


def around(draft: Draft, key: str, tags: Sequence[str], assets: Sequence[str]) -> Worded:
    """What a question is about, as a part of a sentence; nothing for the whole plant."""
    if not tags and not assets:
        return NOTHING
    names = draft.listed([*(Place(asset) for asset in assets), *(Name(tag) for tag in tags)])
    return draft.part(key, names=names)


def names(draft: Draft, tags: Sequence[str]) -> Worded:
    """Some tags, the first ones by name."""
    said = draft.listed(Name(tag) for tag in tags[:LISTED])
    return draft.part("others", names=said) if len(tags) > LISTED else said


def move(draft: Draft, made: LoggedMove, *, day: bool = False) -> Worded:
    """A logged move."""
    return draft.part(
        "move",
        tag=Name(made.tag),
        before=Number(f"{made.tag} before", made.before, made.unit, made.tag, bare=True),
        after=Number(f"{made.tag} after", made.after, made.unit, made.tag),
        time=Instant("move", made.time, day=day),
    )


def moves(draft: Draft, made: Iterable[LoggedMove], *, day: bool = False) -> Worded:
    """Several logged moves."""
    return draft.listed((move(draft, item, day=day) for item in made), apart=True)


def valued(name: str, value: float, unit: str, tag: str, *, digits: int = 4) -> Number:
    """A number of a tag, with its unit."""
    return Number(name, value, unit, tag, digits)


def bare(name: str, value: float, unit: str, tag: str | None, *, digits: int = 4) -> Number:
    """A number of a tag whose unit follows behind another one."""
    return Number(name, value, unit, tag, digits, bare=True)


def band() -> Share:
    """The share of the truth that an interval holds."""
    return Share("share of the band", INTERVAL)


def changed(name: str, value: float, unit: str, tag: str | None = None, *, bare: bool = False) -> Change:
    """A signed difference; `bare` when its side is in the sentence."""
    return Change(name, value, unit, tag, bare=bare)


def say_verdict(draft: Draft, verdict: Verdict) -> None:
    """Whether the twin stands behind it, and why."""
    draft.say(f"verdict.{verdict.support.value}", reasons=reasons(draft, verdict))


def reasons(draft: Draft, verdict: Verdict) -> Worded:
    """The verdict's reasons as they are."""
    draft.claim(Family.VERDICT, verdict.support.value)
    return draft.listed((Quote("reason", reason) for reason in verdict.reasons), apart=True)


def limit_of(draft: Draft, risk: LimitRisk) -> dict[str, Worded | Number | Name]:
    """The slots of a sentence about a limit of the plant file."""
    draft.claim(Family.LIMIT, risk.limit, risk.tag)
    return {
        "tag": Name(risk.tag),
        "limit": draft.part(f"limit.{risk.limit}"),
        "value": valued(risk.limit, risk.value, risk.unit, risk.tag),
    }
