"""From judged answers to the figures of a report."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from bench.questions.items import STYLES
from bench.questions.planted import Library
from bench.questions.score import ANSWERS, Scored
from twin.answer import Status

BINS = 10
REFUSALS = frozenset(set(Status) - ANSWERS - {Status.ASK_BACK})
Report = dict[str, object]


def tally(scored: Sequence[Scored], library: Library) -> Report:
    """Everything that a set's report says."""
    plant = {name: library.planted(name).plant for name in {one.item.world for one in scored}}
    return {
        **figures(scored),
        "declined": precision_recall(scored, lambda status: status not in ANSWERS),
        "asked_back": precision_recall(scored, lambda status: status is Status.ASK_BACK),
        "refused": precision_recall(scored, lambda status: status in REFUSALS),
        "fields": fields(scored),
        "by_intent": grouped(scored, lambda one: one.item.intents),
        "by_style": grouped(scored, lambda one: one.item.style),
        "by_language": grouped(scored, lambda one: (one.item.language,)),
        "by_plant": grouped(scored, lambda one: (plant[one.item.world],)),
        "calibration": calibration(scored),
        "ms": latency(scored),
        "engines": dict(Counter(one.answer.engine for one in scored).most_common()),
    }


def figures(scored: Sequence[Scored]) -> Report:
    """Counts and shares of what is right."""
    planned = [one for one in scored if one.item.plans]
    return {
        "items": len(scored),
        "planned": len(planned),
        "intent": _share(bool(one.intent) for one in planned),
        "plan": _share(one.right for one in planned),
        "right": _share(one.right for one in scored),
        "exact": _share(one.exact for one in scored),
        "over_claims": sum(bool(one.over_claims) for one in scored),
        "unsupported": sum(bool(unsupported(one)) for one in scored),
    }


def unsupported(one: Scored) -> tuple[str, ...]:
    """Numbers of the text that nothing in the evidence supports."""
    return tuple(claim for claim in one.over_claims if not claim.startswith("answered"))


def fields(scored: Sequence[Scored]) -> Report:
    """By "intent.field" and by field over all intents, the share that is right and the number it is of."""
    found: dict[str, list[bool]] = {}
    for one in scored:
        for name, right in one.fields.items():
            for key in (name, name.partition(".")[2]):
                found.setdefault(key, []).append(right)
    order = sorted(found, key=lambda name: ("." in name, name))
    return {name: {"right": _share(found[name]), "of": len(found[name])} for name in order}


def precision_recall(scored: Sequence[Scored], kind: Callable[[Status], bool]) -> Report:
    """Of answers of that kind, where the reference has such."""
    wanted = [kind(one.item.status) for one in scored]
    given = [kind(one.answer.status) for one in scored]
    both = sum(want and give for want, give in zip(wanted, given, strict=True))
    return {
        "precision": round(both / sum(given), 4) if any(given) else None,
        "recall": round(both / sum(wanted), 4) if any(wanted) else None,
        "of": sum(wanted),
    }


def grouped(scored: Sequence[Scored], keys: Callable[[Scored], Iterable[str]]) -> Report:
    """The figures of every group; an item may be in several."""
    groups: dict[str, list[Scored]] = {}
    for one in scored:
        for key in dict.fromkeys(keys(one)):
            groups.setdefault(key, []).append(one)
    known = {name: place for place, name in enumerate(STYLES)}
    order = sorted(groups, key=lambda name: (known.get(name, -1), name))
    return {name: figures(groups[name]) for name in order}


def calibration(scored: Sequence[Scored]) -> Report:
    """Expected calibration error (Naeini et al. 2015) of `Answer.confidence` against the whole plan being right."""
    sure = [
        (one.answer.confidence, one.right) for one in scored if one.answer.confidence is not None and one.item.plans
    ]
    if not sure:
        return {"ece": None, "bins": []}
    stated, right = (np.array(column, dtype=float) for column in zip(*sure, strict=True))
    place = np.minimum((stated * BINS).astype(int), BINS - 1)
    bins = [
        {
            "stated": round(float(stated[at].mean()), 3),
            "right": round(float(right[at].mean()), 3),
            "of": int(at.sum()),
        }
        for at in (place == number for number in range(BINS))
        if at.any()
    ]
    error = sum(abs(found["stated"] - found["right"]) * found["of"] for found in bins) / len(sure)
    return {"ece": round(float(error), 4), "bins": bins}


def latency(scored: Sequence[Scored]) -> Report:
    """Median and 99 % quantile by stage, milliseconds; `deterministic` is everything besides the operations."""
    spent = [one.answer.spent for one in scored]
    stages = {
        "all": [one.ms for one in scored],
        "read": [one.read_ms for one in spent],
        "run": [one.run_ms for one in spent],
        "word": [one.word_ms for one in spent],
        "besides_run": [one.ms - one.answer.spent.run_ms for one in scored],
    }
    return {
        name: {"p50": round(float(np.quantile(ms, 0.5)), 1), "p99": round(float(np.quantile(ms, 0.99)), 1)}
        for name, ms in stages.items()
        if ms
    }


def _share(right: Iterable[bool]) -> float | None:
    known = list(right)
    return round(sum(known) / len(known), 4) if known else None
