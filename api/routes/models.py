"""The world model in use."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import State
from api.openapi import problems
from twin.world import ModelCard

router = APIRouter(prefix="/models", tags=["models"])


class Models(BaseModel):
    """World models that this twin holds."""

    model_config = ConfigDict(frozen=True)

    active: str | None = Field(description="Version that answers; null while none is loaded")
    models: tuple[ModelCard, ...]


@router.get("", responses=problems())
def list_models(state: State) -> Models:
    """Versions with their tags, data span, envelope and skill on held-back data."""
    model = state.twin.model
    return Models(active=model.card.version if model else None, models=(model.card,) if model else ())
