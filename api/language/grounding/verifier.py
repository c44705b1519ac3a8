"""The check of a text against its evidence, and what is left of a text that does not stand it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.language.grounding.bind import Binder, Bound, Sentence
from api.language.grounding.evidence import Facts, Moment, facts_of, of
from api.language.grounding.families import Family
from api.language.grounding.figures import FigureCheck
from api.language.grounding.instants import Instant
from api.language.grounding.lexicon import lexicon
from api.language.grounding.names import Named, PlantNames
from api.language.grounding.numerals import Numerals, units_of
from api.language.grounding.render import shown
from api.language.grounding.scan import Part, Scanner
from api.language.grounding.tokens import cleaned, folded
from api.language.grounding.words import WordCheck
from twin.answer import Claim, Evidence, Outcome, TimeWindow
from twin.plant import Plant

MAX_LETTERS = 20_000
"""Letters of a text that are looked at; a longer one is withheld as a whole."""
NAMES = frozenset({"tag", "id"})
"""Kinds of claims that only say what is spoken of."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text after the check.

    Attributes:
        text: what may be said: all of it after `check`, what is left after `repaired`.
        claims: everything that the text stated, and what became of it.
        ok: whether everything in `text` is backed, and its first sentence is still there.
        empty: sentences that say nothing that can be held against evidence: nothing at all, or names alone.
    """

    text: str
    claims: tuple[Claim, ...]
    ok: bool
    empty: tuple[str, ...] = ()

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What had no evidence."""
        return tuple(claim.said for claim in self.claims if claim.outcome is Outcome.WITHHELD)


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim where it stands in the text; `evidence` is None where none backs it."""

    kind: str
    start: int
    end: int
    evidence: str | None
    bound: Bound | None = None


class Verifier:
    """Checks texts about one plant. It may be used by several threads at once."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self._names = PlantNames(plant)
        self._units = units_of(plant)

    def check(
        self,
        text: str,
        evidence: Sequence[Evidence],
        *,
        language: str = "en",
        window: TimeWindow | None = None,
        now: datetime | None = None,
    ) -> Checked:
        """What of the text the evidence backs. The text stays as it is, but for characters that cannot be seen.

        `window` is the answer's; `now` the instant it was asked at, which gives "last night" its meaning.
        """
        text = cleaned(text)
        if len(text) > MAX_LETTERS:
            return Checked(text, (_too_long(text),), ok=False)
        facts = facts_of(evidence, window, now)
        read = self._read(text, facts, language)
        claims = [_claim(found, text) for _, findings in read for found in findings]
        holds = all(claim.outcome is Outcome.HOLDS for claim in claims)
        return Checked(text, tuple(claims), holds, tuple(_empty(text, read)))

    def repaired(
        self,
        text: str,
        evidence: Sequence[Evidence],
        *,
        language: str = "en",
        window: TimeWindow | None = None,
        now: datetime | None = None,
    ) -> Checked:
        """The text with what the evidence can put right, and without the sentences that it cannot.

        A number, time or id is put right where exactly one piece of evidence is of its subject and kind.
        """
        text = cleaned(text)
        if len(text) > MAX_LETTERS:
            return Checked("", (_too_long(text),), ok=False)
        facts = facts_of(evidence, window, now)
        kept: list[str] = []
        claims: list[Claim] = []
        lead = True
        for place, (sentence, findings) in enumerate(self._read(text, facts, language)):
            said, own = self._mended(text, sentence, findings, facts, evidence, language)
            claims += own
            if said is not None:
                kept.append(said)
            lead = lead and (said is not None or place > 0)
        left = "".join(kept).strip()
        return Checked(left, tuple(claims), ok=lead and bool(left))

    def _read(self, text: str, facts: Facts, language: str) -> list[tuple[Sentence, list[Finding]]]:
        words = lexicon(language)
        scanner = Scanner(folded(text), words, self._names, Numerals(words, self._units), facts)
        parts = scanner.scan()
        sentences = Binder(self._names, facts, scanner.tokens).sentences(parts, len(text))
        check = SentenceCheck(facts, self._names)
        return [(sentence, check.findings(sentence)) for sentence in sentences]

    def _mended(
        self,
        text: str,
        sentence: Sentence,
        findings: Sequence[Finding],
        facts: Facts,
        evidence: Sequence[Evidence],
        language: str,
    ) -> tuple[str | None, list[Claim]]:
        """The sentence as it may be said, None where it may not; and its claims."""
        bad = [found for found in findings if found.evidence is None]
        said = text[sentence.start : sentence.end]
        if not bad:
            return said, [_claim(found, text) for found in findings]
        mends = [(found, self._mend(found, facts, evidence, language)) for found in bad]
        if any(mend is None for _, mend in mends):
            return None, [_claim(found, text) for found in findings]
        for found, mend in sorted(mends, key=lambda item: -item[0].start):
            if mend is not None:
                at = found.start - sentence.start
                said = said[:at] + mend[0] + said[found.end - sentence.start :]
        carried = self._carried(text, sentence)
        again = self._read(carried + said, facts, language)
        if any(found.evidence is None for own, found_in in again for found in found_in if own.end > len(carried)):
            return None, [_claim(found, text) for found in findings]
        mended = {id(found): mend[1] for found, mend in mends if mend is not None}
        return said, [_claim(found, text, mended.get(id(found))) for found in findings]

    @staticmethod
    def _carried(text: str, sentence: Sentence) -> str:
        return text[: sentence.start]

    def _mend(
        self, found: Finding, facts: Facts, evidence: Sequence[Evidence], language: str
    ) -> tuple[str, str] | None:
        """The words that should stand there and the id of their evidence, if only one can be meant."""
        bound = found.bound
        if bound is None:
            return None
        fitting: list[str] = []
        if bound.said.part is Part.NUMBER and bound.said.value.unit not in {"ratio", "fraction"}:
            check = FigureCheck(facts, self._names)
            unit = bound.said.value.unit
            fitting = [
                item.id
                for item in facts.figures
                if check.fits(bound, item)
                and (item.within(unit) is not None)
                and bool(bound.direction) == item.change
                and (not bound.direction or item.value * bound.direction > 0)
            ]
        elif bound.said.part is Part.INSTANT:
            fitting = [item.id for item in facts.moments if bound.side is None or item.side in {None, bound.side}]
        unique = list(dict.fromkeys(fitting))
        items = {item.id or f"e{place}": item for place, item in enumerate(evidence, start=1)}
        if len(unique) != 1 or unique[0] not in items:
            return None
        return shown(items[unique[0]], self.plant.time_zone, language), unique[0]


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """Finds what a sentence claims, and the evidence for it."""

    facts: Facts
    names: PlantNames

    def findings(self, sentence: Sentence) -> list[Finding]:
        """Every claim of the sentence."""
        words = WordCheck(self.facts, self.names)
        found = []
        for bound in sentence.bound:
            kind, evidence = self._found(bound, sentence, words)
            if kind:
                found.append(Finding(kind, bound.said.start, bound.said.end, evidence, bound))
        return found

    def _found(self, bound: Bound, sentence: Sentence, words: WordCheck) -> tuple[str, str | None]:
        """What kind of claim a part is and its evidence; an empty kind for none."""
        said = bound.said
        match said.part:
            case Part.NUMBER:
                match_ = FigureCheck(self.facts, self.names).match(bound)
                kind = "converted number" if match_ and match_.converted else "number"
                return kind, match_.evidence if match_ else None
            case Part.INSTANT:
                return "time", self._instant(bound, sentence)
            case Part.ORDINAL:
                return "ordinal", self._ordinal(bound, sentence)
            case Part.CLAIM if bound.claim is not None:
                return bound.claim[0].value, words.match(bound, sentence)
            case Part.VAGUE:
                return "quantifier", self._several(bound, sentence)
            case Part.NOUN if words.nothing(said.value) and not _denied(sentence, bound):
                return "existence", None
            case _:
                return self._called(bound)

    def _called(self, bound: Bound) -> tuple[str, str | None]:
        """The same for names, ids and quotes."""
        said = bound.said
        match said.part:
            case Part.NAME:
                return "tag", self._name(said.value)
            case Part.IDENTIFIER:
                return "id", self._identifier(said.value)
            case Part.QUOTE:
                return "quote", said.value
            case _:
                return "", None

    def _instant(self, bound: Bound, sentence: Sentence) -> str | None:
        fitting = self._moments(bound)
        if bound.lead is not None:
            earlier = self._moments(bound.lead)
            fitting = [item for item in fitting if any(self._ends(one, item) for one in earlier)]
        if event := _event_near(sentence, bound, self.facts):
            own = [item for item in fitting if item.name.endswith(f" {event}")]
            others = [item for item in fitting if not item.name.startswith(("start of", "end of"))]
            fitting = own or others
        return fitting[0].id if fitting else None

    def _ends(self, start: Moment, end: Moment) -> bool:
        """Whether the second is the end of what the first begins; later, where the evidence has no such end."""
        partner = start.name.replace("start", "end")
        if "start" in start.name and any(item.name == partner for item in self.facts.moments):
            return end.name == partner and end.value > start.value
        return end.value > start.value

    def _moments(self, bound: Bound) -> list[Moment]:
        instant: Instant = bound.said.value
        zone = self.names.plant.time_zone
        clocked = instant.hour is not None
        return [
            item
            for item in self.facts.moments
            if instant.shows(item.value, zone)
            and of(item.tag, bound.subject)
            and (bound.side is None or not clocked or item.side in {None, bound.side})
        ]

    def _name(self, named: Sequence[Named]) -> str | None:
        tags = frozenset(tag for name in named for tag in name.tags)
        assets = frozenset(asset for name in named for asset in name.assets)
        known = self.facts.tags
        if not tags and not assets:
            return "plant"
        if tags & known or self.names.handles(tags) & known:
            return "tag"
        about = frozenset(tag for asset in assets for tag in self.names.inside[asset])
        return "asset" if assets & known or about & known else None

    def _identifier(self, said: str) -> str | None:
        if said in self.facts.names:
            return self.facts.names[said]
        for quote, identity in self.facts.quotes:
            if said == quote:
                return identity
        known = (item for item in self.facts.moments if item.name.endswith(f" {said}"))
        return next((item.id for item in known), "tag" if said in self.facts.tags else None)

    def _ordinal(self, bound: Bound, sentence: Sentence) -> str | None:
        """As in "the second event": stated, or the second start when the sentence says which it is."""
        which = int(bound.said.value)
        if found := self.facts.stated(Family.ORDINAL, str(which), bound.subject):
            return found
        starts = self.facts.starts()
        if not starts or which == 0 or which > len(starts):
            return None
        moment, identity = starts[which - 1 if which > 0 else which]
        zone = self.names.plant.time_zone
        times = [item.said.value for item in sentence.of(Part.INSTANT)]
        events = [item.said.value for item in sentence.of(Part.IDENTIFIER)]
        name = next(item.name for item in self.facts.moments if item.id == identity)
        told = any(instant.shows(moment, zone) for instant in times) or any(name.endswith(f" {e}") for e in events)
        return identity if told else None

    def _several(self, bound: Bound, sentence: Sentence) -> str | None:
        place = sentence.bound.index(bound)
        nouns = [item.said.value for item in sentence.bound[place : place + 5] if item.said.part is Part.NOUN]
        check = FigureCheck(self.facts, self.names)
        for figure in self.facts.figures:
            if figure.count and figure.value >= 2:
                bound.noun = nouns[0] if nouns else None
                if check.fits(bound, figure):
                    return figure.id
        return None


def _empty(text: str, read: Sequence[tuple[Sentence, Sequence[Finding]]]) -> Iterator[str]:
    for sentence, findings in read:
        said = text[sentence.start : sentence.end].strip()
        if any(letter.isalpha() for letter in said) and all(found.kind in NAMES for found in findings):
            yield said


def _event_near(sentence: Sentence, bound: Bound, facts: Facts) -> str | None:
    """The event whose id stands nearest in the sentence, if its start is known."""
    known = {item.name.removeprefix("start of ") for item in facts.moments if item.name.startswith("start of ")}
    near = [item for item in sentence.of(Part.IDENTIFIER) if item.said.value in known]
    chosen = min(near, key=lambda item: abs(item.said.first - bound.said.first), default=None)
    return chosen.said.value if chosen is not None else None


def _denied(sentence: Sentence, bound: Bound) -> bool:
    """Whether something before a noun denies it: "no events", "0 events"."""
    place = sentence.bound.index(bound)
    for item in sentence.bound:
        if item.claim in {(Family.QUANTIFIER, "none"), (Family.QUANTIFIER, "no_other"), (Family.REPLY, "no")}:
            return True
    return any(
        item.said.part is Part.NUMBER and item.said.value.readings and item.said.value.readings[0].value == 0
        for item in sentence.bound[:place]
    )


def _claim(found: Finding, text: str, mended: str | None = None) -> Claim:
    outcome = Outcome.HOLDS if found.evidence else Outcome.REPAIRED if mended else Outcome.WITHHELD
    return Claim(
        kind=found.kind,
        said=text[found.start : found.end],
        outcome=outcome,
        evidence=found.evidence or mended,
    )


def _too_long(text: str) -> Claim:
    return Claim(kind="length", said=f"{len(text)} letters", outcome=Outcome.WITHHELD)
