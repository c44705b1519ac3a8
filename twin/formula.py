"""Formulas over tags: `0.0536 * {compressor_work} + 2 * ({a} - {b}) / 3`. Arithmetic only, nothing is executed."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_TAG = re.compile(r"\{([^{}]*)\}")
_LONGEST = 4000
_DEEPEST = 200
_HINT = "arithmetic with + - * / ( ), numbers and tags in braces, such as {TI101}"
_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum, difference, product or quotient of tags and numbers, each tag in braces and in its own unit.

    Attributes:
        text: as it was written.
        tags: what it needs, in the order of first use.
    """

    text: str
    tags: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Read a formula; raises ValueError with what is wrong."""
        tags = tuple(dict.fromkeys(match.strip() for match in _TAG.findall(text)))
        if "_" in _TAG.sub("", text):
            raise ValueError(_HINT)
        _check(_tree(text))
        if not tags:
            raise ValueError("a formula with at least one {tag}")
        return cls(text, tags)

    def value(self, values: Mapping[str, Values]) -> Values:
        """The formula's value, elementwise, of every tag's values; what is divided by zero is NaN."""
        names = {f"_{i}": tag for i, tag in enumerate(self.tags)}
        with np.errstate(divide="ignore", invalid="ignore"):
            result = np.asarray(_evaluate(_tree(self.text), {own: values[tag] for own, tag in names.items()}), float)
        return np.where(np.isfinite(result), result, np.nan)


def _tree(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise ValueError(f"a formula of at most {_LONGEST} characters")
    order: dict[str, str] = {}
    plain = _TAG.sub(lambda match: f" {order.setdefault(match[1].strip(), f'_{len(order)}')} ", text)
    try:
        return ast.parse(" ".join(plain.split()), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(_HINT) from error


def _check(node: ast.expr, depth: int = 0) -> None:
    """Refuse everything but arithmetic."""
    if depth > _DEEPEST:
        raise ValueError(f"arithmetic of at most {_DEEPEST} steps one inside the other")
    match node:
        case ast.BinOp() if type(node.op) in _OPERATORS:
            _check(node.left, depth + 1)
            _check(node.right, depth + 1)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            _check(node.operand, depth + 1)
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return
        case ast.Name() if node.id.startswith("_"):
            return
        case _:
            raise ValueError(_HINT)


def _evaluate(node: ast.expr, values: Mapping[str, Values]) -> Any:  # noqa: ANN401  a number or an array
    match node:
        case ast.BinOp():
            return _OPERATORS[type(node.op)](_evaluate(node.left, values), _evaluate(node.right, values))
        case ast.UnaryOp():
            inside = _evaluate(node.operand, values)
            return -inside if isinstance(node.op, ast.USub) else inside
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)
        case ast.Name():
            return values[node.id]
    raise TypeError(type(node).__name__)
