"""Whether limits will be passed."""

from collections.abc import Sequence

from api.language.grounding.families import Family
from api.language.wording.facts import Chance, Draft, Instant, Name, Share
from api.language.wording.say.common import band, limit_of, valued
from twin.query import Limit
from twin.scenario import LimitRisk, Rollout

LISTED = 4
TELLING_RISK = 0.01


def say_limit(draft: Draft, limit: Limit, value: float, rollout: Rollout, risks: Sequence[LimitRisk]) -> None:
    """The chance of passing the plant's own limit; of any other value whether the band reaches it."""
    risk = next((item for item in risks if item.tag == limit.tag and item.limit == limit.name), None)
    if risk is not None:
        slots = limit_of(draft, risk)
        chance = Chance("risk", risk.scenario, risk.tag)
        draft.say("limit.chance", time=Instant("end of the horizon", rollout.time[-1]), chance=chance, **slots)
        return
    if not any(item.tag == limit.tag for item in rollout.bands):
        draft.say("forecast.held", names=Name(limit.tag))
        return
    _reached(draft, limit, value, rollout)


def say_risks(draft: Draft, risks: Sequence[LimitRisk]) -> None:
    """Limits whose chance of being passed the moves change."""
    changed = [risk for risk in risks if abs(risk.scenario - risk.baseline) > TELLING_RISK]
    for risk in sorted(changed, key=lambda risk: -abs(risk.scenario - risk.baseline))[:LISTED]:
        slots = limit_of(draft, risk)
        with_moves = Chance("risk with the moves", risk.scenario, risk.tag)
        draft.say(
            "whatif.risk", with_moves=with_moves, without=Share("risk without", risk.baseline, risk.tag), **slots
        )
    if not changed:
        draft.say("whatif.no_risk")


def _reached(draft: Draft, limit: Limit, value: float, rollout: Rollout) -> None:
    lines = rollout.band(limit.tag)
    above = limit.side == "above"
    expected = max(lines.mean) if above else min(lines.mean)
    bound = max(lines.p95) if above else min(lines.p05)
    word = "maximum" if above else "minimum"
    said = _passes(expected, value, above=above), _passes(bound, value, above=above)
    answer = "expected" if said[0] else "possible" if said[1] else "not"
    draft.claim(Family.COMPARISON, limit.side if said[0] else "below" if above else "above", limit.tag)
    draft.say(
        f"limit.{answer}_{limit.side}",
        name=Name(limit.tag, called=True),
        limit=valued(limit.name or "asked", value, lines.unit, limit.tag),
        expected=valued(f"{word} of the forecast", expected, lines.unit, limit.tag),
        share=band(),
        bound=valued(f"{word} of the band", bound, lines.unit, limit.tag),
    )


def _passes(value: float, limit: float, *, above: bool) -> bool:
    return value > limit if above else value < limit
