"""The space in which innovations are compared: whitened, with directions that do not count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_HARD = 1e-6  # prior precision of a direction of unknown size, against unit-length directions


@dataclass(frozen=True, eq=False, slots=True)
class Directions:
    """What may be wrong without being news, as vectors of innovations.

    Attributes:
        vectors: (direction, tag) innovations, in sigma.
        spread: (direction,) standard deviation of the vector's size; infinite for one that may have any size.
    """

    vectors: NDArray[np.float64]
    spread: NDArray[np.float64]

    def __add__(self, other: "Directions") -> "Directions":
        return Directions(np.concatenate([self.vectors, other.vectors]), np.concatenate([self.spread, other.spread]))

    @classmethod
    def none(cls, tags: int) -> "Directions":
        """No direction."""
        return cls(np.zeros((0, tags)), np.zeros(0))

    @classmethod
    def free(cls, vectors: NDArray[np.float64]) -> "Directions":
        """Directions that may have any size."""
        return cls(vectors, np.full(len(vectors), np.inf))


@dataclass(frozen=True, eq=False, slots=True)
class Rest:
    """What is left of a vector of innovations once some directions do not count.

    Attributes:
        size: squared Mahalanobis length of the rest (Hotelling's T2).
        vector: (tag,) the rest, whitened.
        amounts: (direction,) size that each direction was given.
        basis: (direction, tag) the directions, whitened, of unit length.
        gram: (direction, direction) their products, with the priors on the diagonal.
    """

    size: float
    vector: NDArray[np.float64]
    amounts: NDArray[np.float64]
    basis: NDArray[np.float64]
    gram: NDArray[np.float64]


class Space:
    """Whitened innovations of one time scale: squared length is the Mahalanobis distance."""

    def __init__(
        self, std: NDArray[np.float64], precision: NDArray[np.float64], signatures: NDArray[np.float64]
    ) -> None:
        """`std` (tag,) in sigma; `precision` (tag, tag), inverse correlation; `signatures` (hypothesis, tag)."""
        factor = np.linalg.cholesky(precision)
        self._root = factor / std[:, None]
        companions = np.linalg.inv(precision) @ factor
        self._signatures = np.concatenate([self.whiten(signatures), companions, self._root])
        self._power = (self._signatures**2).sum(axis=1)

    def whiten(self, innovations: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., tag) whitened."""
        white: NDArray[np.float64] = innovations @ self._root
        return white

    def unwhiten(self, white: NDArray[np.float64]) -> NDArray[np.float64]:
        """(tag,) the innovations, in sigma, that a whitened vector stands for."""
        return np.asarray(np.linalg.solve(self._root.T, white), dtype=np.float64)

    def shares(self, white: NDArray[np.float64]) -> NDArray[np.float64]:
        """(tag,) each tag's part of the squared length, not negative, summing to 1."""
        parts = np.clip(self.unwhiten(white) * (self._root @ white), 0.0, None)
        share: NDArray[np.float64] = parts / max(float(parts.sum()), 1e-12)
        return share

    def without(self, white: NDArray[np.float64], directions: Directions) -> Rest:
        """The rest of a whitened vector when directions do not count.

        Same as the distance under the covariance enlarged by the directions' own (matrix inversion lemma); a
        direction of infinite spread is projected out, a unit vector among them makes its tag missing.
        """
        if not len(directions.spread):
            return Rest(float(white @ white), white, np.zeros(0), np.zeros((0, len(white))), np.zeros((0, 0)))
        whitened = self.whiten(directions.vectors)
        length = np.maximum(np.linalg.norm(whitened, axis=1), 1e-9)
        basis = whitened / length[:, None]
        spread = directions.spread * length
        prior = np.where(np.isinf(spread), _HARD, 1.0 / np.maximum(spread, 1e-6) ** 2)
        gram = basis @ basis.T + np.diag(prior)
        amounts = np.linalg.solve(gram, basis @ white)
        rest = white - amounts @ basis
        return Rest(max(float(white @ rest), 0.0), rest, amounts / length, basis, gram)

    def ratios(self, rest: Rest) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Generalised likelihood ratio of each hypothesis, and its size (Willsky & Jones 1976).

        The ratio is the part of `rest.size` that goes away when the hypothesis, too, may have any size. After the
        given signatures come (tag,) more: that tag with the others along as they usually go with it, whose ratio is
        the tag's own squared deviation; and (tag,) more: that tag alone.
        """
        along, power = self._signatures @ rest.vector, self._power
        if len(rest.basis):
            shadow = self._signatures @ rest.basis.T
            power = power - (shadow * np.linalg.solve(rest.gram, shadow.T).T).sum(axis=1)
        power = np.maximum(power, 1e-3 * self._power + 1e-12)
        return along**2 / power, along / power
