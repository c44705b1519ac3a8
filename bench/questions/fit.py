"""`python -m bench.questions.fit`: the intent head anew from the training phrases; by source for how good it is."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.questions.phrases import Phrase, masked, phrases
from models.language.embeddings import shared
from models.language.intents import SHIPPED, Head, fit
from models.language.letters import letters
from twin.query import INTENTS

TURNS = (0, 1)
Vectors = Mapping[str, NDArray[np.float32]]


def embedded(taught: Sequence[Phrase]) -> Vectors:
    """The embeddings of all sentences that the phrases become."""
    sentences = sorted({masked(phrase, turn) for phrase in taught for turn in TURNS})
    return dict(zip(sentences, shared().of(sentences), strict=True))


@dataclass(frozen=True, eq=False, slots=True)
class Examples:
    """Masked phrases as the head sees them.

    Attributes:
        embedded: (sentence, 384).
        hashed: (sentence, bin).
        intents: (sentence,) places in INTENTS.
    """

    embedded: NDArray[np.float32]
    hashed: NDArray[np.float32]
    intents: NDArray[np.int64]

    @classmethod
    def of(cls, taught: Sequence[Phrase], vectors: Vectors, turns: Sequence[int] = TURNS) -> "Examples":
        """The phrases, each as often as there are turns."""
        sentences = [masked(phrase, turn) for turn in turns for phrase in taught]
        intents = [INTENTS.index(phrase.intent) for phrase in taught] * len(turns)
        return cls(np.stack([vectors[text] for text in sentences]), letters(sentences), np.array(intents))

    def head(self) -> Head:
        """The head that they teach."""
        return fit(self.embedded, self.hashed, self.intents)

    def right(self, head: Head) -> NDArray[np.bool_]:
        """(sentence,) whether the head reads it as it is meant."""
        found = head.log_probabilities(self.embedded, self.hashed).argmax(1)
        return np.asarray(found == self.intents)


def by_source(taught: Sequence[Phrase], vectors: Vectors) -> list[tuple[Phrase, bool]]:
    """Every phrase, and whether a head that knows no phrase of its source reads it right."""
    found: list[tuple[Phrase, bool]] = []
    for source in sorted({phrase.source for phrase in taught}):
        head = Examples.of([phrase for phrase in taught if phrase.source != source], vectors).head()
        held_back = [phrase for phrase in taught if phrase.source == source]
        found += zip(held_back, map(bool, Examples.of(held_back, vectors, (0,)).right(head)), strict=True)
    return found


def shares(found: Sequence[tuple[Phrase, bool]], key: Callable[[Phrase], str]) -> dict[str, float]:
    """Share that was read right, by what `key` gives."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for phrase, right in found:
        groups[key(phrase)].append(right)
    return {name: round(float(np.mean(rights)), 3) for name, rights in sorted(groups.items())}


def main(path: Path = SHIPPED) -> None:
    """Measure by source, then fit on all and write the head."""
    taught = phrases()
    vectors = embedded(taught)
    found = by_source(taught, vectors)
    table = {
        "phrases": len(taught),
        "right": shares(found, lambda phrase: "all")["all"],
        "by source": shares(found, lambda phrase: phrase.source),
        "by language": shares(found, lambda phrase: phrase.language),
        "by intent": shares(found, lambda phrase: phrase.intent),
    }
    path.write_bytes(Examples.of(taught, vectors).head().to_bytes())
    sys.stdout.write(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
