"""Answers about what to move. Advice only: nothing here writes to a plant."""

from api.language.grounding.families import Family
from api.language.run.findings import Findings
from api.language.wording.facts import Count, Draft, Instant, Name, Quote, Slot, Worded
from api.language.wording.say.common import band, bare, looked_at, names, say_verdict, valued
from api.language.wording.say.curves import curves
from api.language.wording.say.limits import say_risks
from api.language.wording.say.moved import applied
from twin.operations.advise import Advice, Goal, Tried


def say_advice(draft: Draft, findings: Findings, advice: Advice) -> None:
    """The move that was found, what it brings, its risks and the verdict."""
    draft.over(looked_at(findings).span)
    best = advice.best
    if best is None:
        key = "advice.unneeded" if advice.reached else "advice.nothing"
        draft.say(key, **_expected(draft, advice, advice.unmoved))
    else:
        _moves(draft, advice, best)
    if best is not None and advice.reached and not best.sure:
        draft.say("advice.unsure")
    if advice.outcome is not None:
        say_risks(draft, advice.outcome.risks)
        say_verdict(draft, advice.outcome.verdict)
        draft.series = tuple(curves(draft, advice.outcome, advice.goal.tag))
    _searched(draft, advice)


def _moves(draft: Draft, advice: Advice, best: Tried) -> None:
    """The moves found, and what they bring."""
    draft.claim(Family.ADVICE, "advised")
    goal, moves = advice.goal, applied(draft, best.moves, advice.end)
    if advice.reached:
        draft.say("advice.best", moves=moves)
    else:
        draft.say("advice.nearest", name=Name(goal.tag, called=True), goal=_goal(draft, goal))
        draft.say("advice.closest", moves=moves)
    draft.say("advice.then", **_expected(draft, advice, best))
    without = valued("forecast without the moves", advice.unmoved.value, goal.unit, goal.tag)
    draft.say("advice.otherwise", name=Name(goal.tag, called=True), without=without)


def _expected(draft: Draft, advice: Advice, tried: Tried) -> dict[str, Slot]:
    goal = advice.goal
    return {
        "name": Name(goal.tag, called=True),
        "goal": _goal(draft, goal),
        "value": valued("forecast, last hour", tried.value, goal.unit, goal.tag),
        "share": band(),
        "low": bare("forecast, 5 %", tried.p05, goal.unit, goal.tag),
        "high": valued("forecast, 95 %", tried.p95, goal.unit, goal.tag),
        "time": Instant("end of the horizon", advice.end),
    }


def _goal(draft: Draft, goal: Goal) -> Worded:
    if goal.low is None or goal.high is None:
        side = "above" if goal.low is not None else "below"
        value = goal.low if goal.low is not None else goal.high
        draft.claim(Family.COMPARISON, side, goal.tag)
        return draft.part(f"goal.{side}", value=valued("target", value or 0.0, goal.unit, goal.tag))
    return draft.part(
        "goal.between",
        low=bare("target, low", goal.low, goal.unit, goal.tag),
        high=valued("target, high", goal.high, goal.unit, goal.tag),
    )


def _searched(draft: Draft, advice: Advice) -> None:
    if advice.goal.assumed:
        draft.line("note", note=Quote("note", advice.goal.assumed))
    if advice.tried:
        draft.line(
            "advice.tried",
            count=Count("scenarios rolled out", len(advice.tried)),
            handles=names(draft, advice.handles),
        )
    draft.line("advice.only")
    if advice.left_out:
        draft.left_out("unchecked.handles", names=names(draft, advice.left_out))
    draft.left_out("unchecked.advice")
