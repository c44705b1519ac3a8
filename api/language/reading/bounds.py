"""Limits and targets of one clause, each with the tag that it is one of."""

import re
from collections.abc import Sequence

from api.language.asking import Memory
from api.language.reading.amounts import Amount
from api.language.reading.coordination import Mention
from api.language.reading.limits import SaidLimit, level_of, limit_of, said_limits, said_target
from api.language.reading.said import Said
from api.language.reading.subjects import Subjects
from api.language.reading.vocabulary import Vocabulary
from twin.errors import ForetellError
from twin.plant import Tag
from twin.query import Limit

_PASSES_IT = re.compile(
    r"\b(?:exceed\w*|pass\w*|cross\w*|violat\w*|break|broke|hit|reach\w*|above|over)\b.{0,12}\b(?:it|that|"
    r"them|this|those|one)\b"
)
_FEW = 4
"""Words of a follow-up that names no more than another limit, at most."""


class Bounds:
    """Reads limits and targets; what cannot be meant is collected, as are the places of limits to stay within.

    `only` is the one tag asked about, if there is just one; `focus` are names of what is asked about, `moved` those
    of what is moved.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        said: Said,
        context: Memory,
        subjects: Subjects,
        focus: Sequence[Mention],
        moved: Sequence[Mention],
        only: str | None,
    ) -> None:
        self._plant = vocabulary.plant
        self._said = said
        self._context = context
        self._subjects = subjects
        self._focus = focus
        self._moved = moved
        self._only = only
        self.problems: list[ForetellError] = []
        self.stays: list[tuple[int, int]] = []

    def limits(self, numbers: Sequence[Amount], *, named: bool) -> tuple[Limit, ...]:
        """The limits; `numbers` are amounts that belong to no move and no time, `named` whether a tag is."""
        bare = self._said.bare
        limits = [self._limit(said) for said in said_limits(bare, numbers)]
        if not limits and self._context.slots.aspect == "limits" and _PASSES_IT.search(bare):
            limits = [self._limit(SaidLimit(0, 0, "above"))]
        known = self._context.slots.limits[:1]
        if not limits and known and not named and len(numbers) == 1 and len(self._said.text.split()) <= _FEW:
            limits = [self._limit(SaidLimit(0, 0, known[0].side, numbers[0]))]
        return tuple(limit for limit in limits if limit)

    def target(self, numbers: Sequence[Amount]) -> float | None:
        """The value that a tag shall be brought to, in its unit."""
        goal = said_target(self._said.bare, numbers)
        name = self._tag_at(goal.start, self._focus) if goal else None
        if goal is None or name is None:
            return None
        try:
            return level_of(goal, self._plant.tag(name))
        except ForetellError as error:
            error.field = "target"
            self.problems.append(error)
            return None

    def _limit(self, said: SaidLimit) -> Limit | None:
        name = self._tag_at(said.start, self._focus)
        name = name or (self._tag_at(said.start, self._moved) if said.name else None)
        if name is None:
            return None
        try:
            limit = limit_of(said, self._held(name) if said.name else self._plant.tag(name))
        except ForetellError as error:
            error.field = "limit"
            self.problems.append(error)
            return None
        if said.stays and limit is not None:
            self.stays.append((said.start, said.end))
        return limit

    def _held(self, name: str) -> Tag:
        """The tag that trips: of a setpoint the one that it holds."""
        return next((tag for tag in self._plant.tags if tag.handle == name), self._plant.tag(name))

    def _tag_at(self, place: int, mentions: Sequence[Mention]) -> str | None:
        """The tag that a limit at a place is one of: the last named before it, else the first behind it."""
        before = [m for m in mentions if m.tags and m.end <= place]
        behind = [m for m in mentions if m.tags and m.start >= place]
        chosen = before[-1:] or behind[:1]
        if chosen:
            narrowed = self._subjects.narrowed(chosen[0])
            return narrowed.tags[0] if len(narrowed.tags) == 1 else None
        if self._only is not None:
            return self._only
        return self._context.slots.tags[0] if self._context.slots.tags and not mentions else None
