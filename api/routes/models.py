"""World models: versions, promotions, the gate, trainings, drift."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Models, State
from api.openapi import problems
from twin.lifecycle import (
    BandReport,
    DriftReport,
    GateDecision,
    Job,
    ModelStatus,
    ModelVersion,
    Promotion,
    TrainingRequest,
    VersionDetail,
)

router = APIRouter(prefix="/models", tags=["models"])

Version = Annotated[str, Path(description="The version, as /v1/models gives it")]


class ModelsView(BaseModel):
    """World models that this twin holds."""

    model_config = ConfigDict(frozen=True)

    active: str | None = Field(description="Version that answers; null while none is loaded")
    models: tuple[ModelVersion, ...] = Field(description="The newest first")
    drift: DriftReport | None = Field(description="Whether the active one still fits; null while nobody has looked")
    bands: BandReport | None = Field(
        default=None, description="How live coverage has changed its 90 % bands; null while nobody has looked"
    )


class Jobs(BaseModel):
    """Trainings in the background."""

    model_config = ConfigDict(frozen=True)

    jobs: tuple[Job, ...] = Field(description="The newest first")


class Decided(BaseModel):
    """Who decides, and why."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"example": {"who": "M. Weber", "reason": "better after the revamp of the stripper"}},
    )

    who: str = Field(min_length=1, max_length=200)
    reason: str = Field(default="", max_length=2000)


class PromotionIn(Decided):
    """Who promotes, why, and whether the gate is asked."""

    gate: bool = Field(default=False, description="Promote only if it passes the gate")


@router.get("", responses=problems())
def list_models(state: State) -> ModelsView:
    """Versions with data span, seed, family, status and skill on held-back data."""
    model = state.twin.model
    active = model.card.version if model is not None else None
    if state.lifecycle is not None:
        desk = state.lifecycle
        return ModelsView(active=active, models=desk.versions(), drift=desk.drift(), bands=desk.bands())
    own = () if model is None else (ModelVersion.of(model.card, ModelStatus.CHAMPION),)
    return ModelsView(active=active, models=own, drift=None)


@router.get("/jobs", responses=problems(503))
def list_jobs(models: Models) -> Jobs:
    """Trainings in the background, with what became of them."""
    return Jobs(jobs=models.jobs())


@router.post("/train", status_code=202, responses=problems(422, 503))
def train(models: Models, request: Annotated[TrainingRequest, Body()]) -> Job:
    """Begin a training in the background; 422 while another one runs."""
    return models.train(request)


@router.post("/rollback", status_code=201, responses=problems(422, 503))
def rollback(models: Models, given: Annotated[Decided, Body()]) -> Promotion:
    """Make the champion before this one champion again."""
    return models.rollback(given.who, given.reason)


@router.get("/{version}", responses=problems(404, 503))
def get_model(models: Models, version: Version) -> VersionDetail:
    """One version: its card, the promotions it was part of, what the gate said about it."""
    return models.detail(version)


@router.delete("/{version}", responses=problems(404, 422, 503))
def remove(models: Models, version: Version) -> ModelVersion:
    """Delete a version that is not champion, with its checkpoint."""
    return models.remove(version)


@router.post("/{version}/promote", status_code=201, responses=problems(404, 422, 503))
def promote(models: Models, version: Version, given: Annotated[PromotionIn, Body()]) -> Promotion:
    """Make a version champion: every process of this Foretell takes it up within seconds."""
    return models.promote(version, given.who, given.reason, gate=given.gate)


@router.post("/{version}/compare", responses=problems(404, 422, 503))
def compare(models: Models, version: Version) -> GateDecision:
    """Put a challenger through the gate, and keep what it said."""
    return models.compare(version)
