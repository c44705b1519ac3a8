"""Whether a tag rises, falls or holds, and how fast: a robust slope with an interval that owns up to slow noise."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span
from twin.protocols import Twin

Direction = Literal["rising", "falling", "steady"]


class Trend(BaseModel):
    """The slope of one tag's good values over a window; the numbers are None when there is not enough data."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    description: str
    window: TimeWindow
    direction: Direction | None = Field(description="steady: the slope's interval holds 0; null: not enough data")
    slope: float | None = Field(description="Median slope (Theil and Sen), in the tag's unit an hour")
    low: float | None = Field(description="5 % bound of the slope, wider where the values hang together in time")
    high: float | None = Field(description="95 % bound of the slope")
    change: float | None = Field(description="Slope times the time from the first to the last value, in `unit`")
    change_low: float | None
    change_high: float | None
    r2: float | None = Field(description="Share of the values' variance that the line explains; 0 at least")
    sigma: float | None = Field(
        default=None, description="The change in standard deviations of the tag's ordinary movement; null: no model"
    )
    count: int = Field(description="Values that the slope stands on, at most 400 of the window")
    enough: bool = Field(description="At least 8 values over at least half of the window")


def trend(twin: Twin, tag: str, span: Span) -> Trend:
    """The trend of one tag in a window, cut at the present.

    Raises UnknownTag, OutsideData, OutsideRetention.
    """
    raise NotImplementedError
