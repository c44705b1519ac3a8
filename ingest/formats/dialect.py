"""How a delimited file is written: separators, decimal sign, times, states, column names."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingest.formats.times import UNIX, Fold, TimeReader
from ingest.formats.words import BAD_STATES, QUALITIES
from twin.sample import Quality

_PATTERN_EXAMPLE = "%d-%b-%y %H:%M:%S"


class Dialect(BaseModel):
    """One way to write tables as text. What is not stated is not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    separator: Literal[",", ";", "\t", "|"] = Field(default=",", description="Between the cells of a line; also: tab")
    decimal: Literal[".", ","] = Field(default=".", description="Decimal sign of numbers")
    encoding: str = Field(default="utf-8", description="Character set; a byte order mark is skipped")
    skip_lines: int = Field(default=0, ge=0, description="Lines before the line with the column names")
    units_row: bool = Field(default=False, description="Whether the line after the column names holds units")
    time_format: str | None = Field(
        default=None,
        description=f"Python's strptime, such as {_PATTERN_EXAMPLE}, or {', '.join(UNIX)}; else ISO 8601",
    )
    time_zone: str | None = Field(
        default=None, description="IANA zone of times that carry none; else they are refused"
    )
    fold: Fold = Field(
        default=Fold.REFUSE, description="The hour that comes twice in autumn: refuse, first or second"
    )
    time_column: str = "time"
    tag_column: str = "tag"
    value_column: str = "value"
    quality_column: str = "quality"
    ignore: tuple[str, ...] = Field(default=(), description="Columns that hold no samples, such as a description")
    bad_states: tuple[str, ...] = Field(default=BAD_STATES, description="Texts in place of a value that mean bad")
    states: dict[str, float] = Field(
        default={}, description="Texts in place of a value, and the number they stand for"
    )
    quality_words: dict[str, Literal["good", "uncertain", "bad"]] = Field(
        default={}, description="Texts of the quality column beside good, uncertain, bad, 2, 1, 0"
    )

    @field_validator("separator", mode="before")
    @classmethod
    def _tab(cls, given: object) -> object:
        return "\t" if given == "tab" else given

    @field_validator("encoding")
    @classmethod
    def _line_ends(cls, name: str) -> str:
        try:
            plain = ";\n".encode(name) == b";\n"
        except LookupError as error:
            raise ValueError(f"{name} is no character set") from error
        if not plain:
            raise ValueError(f"{name} does not write a line end as one byte: convert the file to utf-8")
        return name

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{name} is no IANA time zone, such as Europe/Berlin") from error

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.separator == self.decimal:
            raise ValueError(f"separator and decimal sign are both {self.decimal}")
        return self

    @cached_property
    def times(self) -> TimeReader:
        """Reads the time column."""
        return TimeReader(self.time_format, ZoneInfo(self.time_zone) if self.time_zone else None, self.fold)

    @cached_property
    def qualities(self) -> Mapping[str, Quality]:
        """Quality of each word, in lower case; an empty cell is good."""
        stated = {word.strip().lower(): QUALITIES[quality] for word, quality in self.quality_words.items()}
        return {**QUALITIES, "": Quality.GOOD, **stated}

    @cached_property
    def numbers_of_states(self) -> Mapping[str, float]:
        """Number of each state in lower case; NaN for those that mean bad."""
        bad = {state.strip().lower(): float("nan") for state in self.bad_states}
        return bad | {state.strip().lower(): number for state, number in self.states.items()}
