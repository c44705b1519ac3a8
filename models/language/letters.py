"""Letters and words of sentences as hashed counts: what an embedding blurs ("had we", "have we", "to", "by")."""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BINS = 2048

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


def letters(sentences: Sequence[str]) -> NDArray[np.float32]:
    """(sentence, 2048): n-grams of letters in words, words and pairs of words, hashed with a sign, of length 1."""
    counts = np.zeros((len(sentences), BINS), np.float32)
    for row, sentence in zip(counts, sentences, strict=True):
        for gram in set(_grams(sentence)):
            code = zlib.crc32(gram.encode())
            row[code % BINS] += 1 if code >> 20 & 1 else -1
    counts /= np.maximum(1, np.linalg.norm(counts, axis=1, keepdims=True))
    return counts


def _grams(sentence: str) -> Iterator[str]:
    words = sentence.lower().split()
    for word in words:
        ended = f"^{word}$"
        yield f"w:{ended}"
        for size in (3, 4, 5):
            yield from (ended[i : i + size] for i in range(len(ended) - size + 1))
    yield from (f"b:{first} {second}" for first, second in pairwise(words))
    if _IDEOGRAPH.search(sentence):
        text = f" {' '.join(words)} "
        yield from (text[i : i + size] for size in (1, 2, 3) for i in range(len(text) - size + 1))
