"""How the scenarios on the bench are told apart: by letter, by shape and by a colour that the colour-blind can tell.

Dashes are not among them: a dashed curve is one that extrapolates.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One scenario's letter, the shape that the letter stands in on its curve, its colour."""

    letter: str
    symbol: str
    colour: str

    @property
    def style(self) -> str:
        """The class of the style sheet for what belongs to it."""
        return f"mark-{self.letter.lower() or 'alone'}"


MARKS = (
    Mark("A", "circle", "var(--scenario-a)"),
    Mark("B", "rect", "var(--scenario-b)"),
    Mark("C", "diamond", "var(--scenario-c)"),
    Mark("D", "roundRect", "var(--scenario-d)"),
)
MOST = len(MARKS)
"""Scenarios that are compared at once."""
ALONE = Mark("", "none", "var(--scenario)")
"""The only scenario of an answer."""
