"""What a text can claim without a number, and what the numbers of the evidence are called.

Evidence of kind `Fact.CLAIM` has a family as its name, one of the family's VALUES as its value, and the tag that it
is said of, if it is said of one. Evidence of kind NUMBER, COUNT, CHANGE and TIME is told apart by its name.
"""

from enum import StrEnum
from functools import cache
from typing import Final


class Family(StrEnum):
    """What a claim without a number is about. Words of four languages lead to these (lexicon/*.yaml)."""

    REPLY = "reply"
    """The yes or no that an answer begins with."""
    QUANTIFIER = "quantifier"
    """How much of something: none ("no events", "nothing was moved", "never above"), all ("every tag is within its
    limits"), some ("not every tag speaks"), most ("most of the window"), only ("only an operator moves it"),
    no_other ("no other event"). A COUNT of 0 stands for none as well."""
    DIRECTION = "direction"
    """Where a tag went or would go: up, down, steady. A CHANGE, or a pair of numbers (first and last value, before
    and after, baseline and scenario) stands for it as well."""
    COMPARISON = "comparison"
    """A tag, count or window against another or against a value: above, below, equal. `tag` is the one that is
    above or below. Two numbers of the evidence stand for it as well."""
    EXTREME = "extreme"
    """The most or the least of several, without its number ("most moved besides"): highest, lowest. `tag` is it."""
    DEGREE = "degree"
    """How strongly: strong ("rose sharply", "far above"), slight ("a little lower"), clear ("clearly different")."""
    LIMIT = "limit"
    """A limit of a tag that is spoken of: its name in the plant file, or any ("no limit was passed"). A NUMBER named
    like the limit stands for it as well."""
    VERDICT = "verdict"
    """What the model says of its own answer: supported, extrapolating, refused."""
    SEVERITY = "severity"
    """Of an event: low, medium, high."""
    STATE = "state"
    """How something is: open ("still going on"), ended, silent, normal ("nothing unusual"), unusual, withdrawn,
    logged, unlogged."""
    CAUSE = "cause"
    """That one thing is said to come from another ("because of", "response to a move"): known, or unknown ("nobody
    knows why", "no logged move explains it")."""
    PROBABILITY = "probability"
    """How likely: certain (99 % and more), likely (66 % and more), possible, unlikely (33 % and less), impossible
    (1 % and less). A percentage whose name begins with "risk" or "chance" stands for it as well."""
    COMPLETENESS = "completeness"
    """How much of the window was looked at: full, partial. A percentage named "share scored" stands for it too."""
    ORDINAL = "ordinal"
    """Which one of a row in time: "1", "2", ..., "-1" for the last. Starts of several events stand for it too."""
    WINDOW = "window"
    """A stretch of time by its name: see VALUES. The answer's window and the clock stand for it as well."""
    ADVICE = "advice"
    """That something ought to be done: advised."""


VALUES: Final[dict[Family, tuple[str, ...]]] = {
    Family.REPLY: ("yes", "no"),
    Family.QUANTIFIER: ("none", "all", "some", "most", "only", "no_other"),
    Family.DIRECTION: ("up", "down", "steady"),
    Family.COMPARISON: ("above", "below", "equal"),
    Family.EXTREME: ("highest", "lowest"),
    Family.DEGREE: ("strong", "slight", "clear"),
    Family.LIMIT: ("trip_lo", "lolo", "lo", "hi", "hihi", "trip_hi", "any"),
    Family.VERDICT: ("supported", "extrapolating", "refused"),
    Family.SEVERITY: ("low", "medium", "high"),
    Family.STATE: ("open", "ended", "silent", "normal", "unusual", "withdrawn", "logged", "unlogged"),
    Family.CAUSE: ("known", "unknown"),
    Family.PROBABILITY: ("certain", "likely", "possible", "unlikely", "impossible"),
    Family.COMPLETENESS: ("full", "partial"),
    Family.ORDINAL: ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "-1"),
    Family.WINDOW: (
        "last_night",
        "night_before",
        "tonight",
        "today",
        "yesterday",
        "day_before",
        "tomorrow",
        "this_shift",
        "last_shift",
        "this_week",
        "last_week",
        "weekend",
        "this_morning",
        "this_afternoon",
        "this_evening",
    ),
    Family.ADVICE: ("advised",),
}
"""The values of each family."""


class NumberKind(StrEnum):
    """What a number of a tag is; a number said to be one kind is never backed by another."""

    MEAN = "mean"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    SPREAD = "standard deviation"
    RANGE = "range"
    SUM = "sum"
    FIRST = "first value"
    LAST = "last value"
    BEFORE = "before"
    AFTER = "after"
    BASELINE = "baseline"
    SCENARIO = "scenario"
    FORECAST = "forecast"
    LIMIT = "limit"
    ASKED = "asked"
    RATE = "rate"
    TARGET = "target"
    RISK = "risk"
    SHARE = "share"
    SCORE = "score"
    OTHER = "other"


CHANGE: Final = "change"
"""Evidence whose name begins with this word is a difference: its sign must agree with "lower" and "higher"."""

NUMBER_KINDS: Final[tuple[tuple[str, NumberKind], ...]] = (
    ("mean", NumberKind.MEAN),
    ("average", NumberKind.MEAN),
    ("maximum", NumberKind.MAXIMUM),
    ("max", NumberKind.MAXIMUM),
    ("highest", NumberKind.MAXIMUM),
    ("minimum", NumberKind.MINIMUM),
    ("min", NumberKind.MINIMUM),
    ("lowest", NumberKind.MINIMUM),
    ("standard deviation", NumberKind.SPREAD),
    ("std", NumberKind.SPREAD),
    ("range", NumberKind.RANGE),
    ("sum", NumberKind.SUM),
    ("first value", NumberKind.FIRST),
    ("last value", NumberKind.LAST),
    ("before", NumberKind.BEFORE),
    ("after", NumberKind.AFTER),
    ("baseline", NumberKind.BASELINE),
    ("scenario", NumberKind.SCENARIO),
    ("forecast", NumberKind.FORECAST),
    ("trip_lo", NumberKind.LIMIT),
    ("lolo", NumberKind.LIMIT),
    ("lo", NumberKind.LIMIT),
    ("trip_hi", NumberKind.LIMIT),
    ("hihi", NumberKind.LIMIT),
    ("hi", NumberKind.LIMIT),
    ("limit", NumberKind.LIMIT),
    ("asked", NumberKind.ASKED),
    ("slope", NumberKind.RATE),
    ("rate", NumberKind.RATE),
    ("target", NumberKind.TARGET),
    ("risk", NumberKind.RISK),
    ("chance", NumberKind.RISK),
    ("share", NumberKind.SHARE),
    ("score", NumberKind.SCORE),
    ("highest score", NumberKind.SCORE),
)
"""First or last words of an evidence's name, and the kind of number that makes it."""


@cache
def kind_of(name: str) -> NumberKind:
    """The kind of number that evidence of this name is; OTHER where the name says none."""
    said = name.lower()
    found = [(len(word), kind) for word, kind in NUMBER_KINDS if _begins(said, word) or said.endswith(f" {word}")]
    return max(found)[1] if found else NumberKind.OTHER


def _begins(said: str, word: str) -> bool:
    return said == word or said.startswith((f"{word} ", f"{word},"))
