"""The plant as its plant file describes it."""

from datetime import timedelta
from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import State
from api.openapi import problems
from twin.plant import Asset, Plant, Tag, TagRole

router = APIRouter(tags=["plant"])


class TagView(BaseModel):
    """A tag: what it is, its unit, range, limits and names."""

    model_config = ConfigDict(frozen=True)

    name: str
    asset: str
    role: TagRole
    unit: str
    description: str
    low: float
    high: float
    cadence: timedelta | None = Field(description="Distance of two new values; null: logged on change")
    movable: bool = Field(description="Whether an operator sets it")
    handle: str | None = Field(description="The movable tag an operator reaches for to change this one")
    limits: dict[str, float] = Field(description="Alarm and trip limits that are set, in `unit`")
    aliases: tuple[str, ...]

    @classmethod
    def of(cls, tag: Tag) -> Self:
        """The view of one tag."""
        return cls(
            name=tag.name,
            asset=tag.asset,
            role=tag.role,
            unit=tag.unit,
            description=tag.description,
            low=tag.low,
            high=tag.high,
            cadence=tag.cadence,
            movable=tag.movable,
            handle=tag.handle,
            limits=dict(tag.limits.items()),
            aliases=tag.aliases,
        )


class AssetView(BaseModel):
    """A part of the plant; `parent` is null for the top."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    description: str
    parent: str | None
    aliases: tuple[str, ...]


class ShiftView(BaseModel):
    """A named part of the plant's day, in its local time."""

    model_config = ConfigDict(frozen=True)

    name: str
    start: str
    end: str


class PlantView(BaseModel):
    """The plant: its clock, its assets and the number of its tags."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str
    time_zone: str
    step: timedelta
    night_shift: str
    shifts: tuple[ShiftView, ...]
    assets: tuple[AssetView, ...]
    tags: int
    movable: tuple[str, ...]

    @classmethod
    def of(cls, plant: Plant) -> Self:
        """The view of a plant."""
        return cls(
            name=plant.name,
            description=plant.description,
            time_zone=plant.time_zone.key,
            step=plant.step,
            night_shift=plant.night_shift,
            shifts=tuple(
                ShiftView(name=shift.name, start=f"{shift.start:%H:%M}", end=f"{shift.end:%H:%M}")
                for shift in plant.shifts
            ),
            assets=tuple(_asset_view(asset) for asset in plant.assets),
            tags=len(plant.tags),
            movable=tuple(tag.name for tag in plant.movable),
        )


def _asset_view(asset: Asset) -> AssetView:
    return AssetView.model_validate(asset)


@router.get("/plant", responses=problems())
def get_plant(state: State) -> PlantView:
    """The plant, its assets, shifts and movable tags."""
    return PlantView.of(state.twin.plant)
