"""The tables under the curves: what every future does to the tags, to the limits, to the key figures."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from api.console.bench.curves import Future
from api.console.drawing import limit_name
from api.console.writing import Writer
from twin.operations.numbers import hours
from twin.plant import Plant
from twin.scenario import Effect, Hazard, KpiEffect

TELLING_RISK = 0.01
T = TypeVar("T")
K = TypeVar("K")
Row = dict[str, str]


def told(futures: Sequence[Future]) -> list[Future]:
    """Those that were not refused: they have a column."""
    return [future for future in futures if future.outcome.scenario is not None]


def most_moved(futures: Sequence[Future]) -> list[str]:
    """Tags with an effect, the one first that any future moves most in its ordinary movement."""
    largest: dict[str, float] = {}
    for future in futures:
        for effect in future.outcome.effects:
            largest[effect.tag] = max(largest.get(effect.tag, 0.0), abs(effect.sigma))
    return sorted(largest, key=lambda tag: -largest[tag])


def effect_rows(futures: Sequence[Future], tags: Sequence[str], plant: Plant, write: Writer) -> list[Row]:
    """A row per tag: its effect with the interval under each future."""
    found = _by(futures, lambda future: future.outcome.effects, lambda effect: effect.tag)
    return [
        {
            "tag": tag,
            "what": plant.tag(tag).description,
            **{style: effect_text(effect, write) for style, effect in found.get(tag, {}).items()},
        }
        for tag in tags
    ]


def effect_text(effect: Effect | KpiEffect, write: Writer) -> str:
    """An effect and its 90 % interval."""
    mean = effect.mean if isinstance(effect, Effect) else effect.effect
    return f"{write.signed(mean, effect.unit)} ({write.signed(effect.p05, None)} … {write.signed(effect.p95, None)})"


def risk_rows(futures: Sequence[Future], write: Writer) -> list[Row]:
    """A row per limit that is passed with a chance worth telling, without the moves and with each future's."""
    rows = []
    for (tag, limit), each in _by(futures, lambda f: f.outcome.risks, lambda r: (r.tag, r.limit)).items():
        if max(max(risk.baseline, risk.scenario) for risk in each.values()) < TELLING_RISK:
            continue
        first = next(iter(each.values()))
        name = f"{limit_name(limit, write.words)} {write.quantity(first.value, first.unit)}"
        without = _once(risk_text(risk.baseline, risk.baseline_hazard, write) for risk in each.values())
        told_by = {style: risk_text(risk.scenario, risk.scenario_hazard, write) for style, risk in each.items()}
        rows.append({"tag": tag, "limit": name, "baseline": without, **told_by})
    return rows


def risk_text(chance: float, hazard: Hazard | None, write: Writer) -> str:
    """A chance, and within which time half of all futures have passed, where half of them do."""
    said = write.per_cent(chance)
    half = hazard.p50 if hazard else None
    return said if half is None else write.words("whatif.risk.half", chance=said, time=hours(half))


def kpi_rows(futures: Sequence[Future], write: Writer) -> list[Row]:
    """A row per key figure: its baseline, and level and effect under each future."""
    found = _by(futures, lambda future: future.outcome.kpis, lambda kpi: kpi.name)
    rows = []
    for each in found.values():
        first = next(iter(each.values()))
        told_by = {
            style: f"{write.quantity(kpi.scenario, kpi.unit)}, {effect_text(kpi, write)}"
            for style, kpi in each.items()
        }
        without = _once(write.quantity(kpi.baseline, kpi.unit) for kpi in each.values())
        rows.append({"what": first.description or first.name, "baseline": without, **told_by})
    return rows


def _by(
    futures: Sequence[Future], items: Callable[[Future], Iterable[T]], key: Callable[[T], K]
) -> dict[K, dict[str, T]]:
    """Items of all futures by their key, then by the style of the future's mark, which names its column."""
    found: dict[K, dict[str, T]] = {}
    for future in futures:
        for item in items(future):
            found.setdefault(key(item), {})[future.mark.style] = item
    return found


def _once(texts: Iterable[str]) -> str:
    """Baselines on different ground, each told once."""
    return " / ".join(dict.fromkeys(texts))
