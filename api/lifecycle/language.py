"""The language model of this Foretell: the settings', else the file that `foretell llm use` chose, else none."""

import asyncio
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from models.language.client import OpenAILanguageModel
from models.language.embedded import CHOICE, EmbeddedLanguageModel, checked, choose, chosen, forget
from twin.settings import Settings

Model = OpenAILanguageModel | EmbeddedLanguageModel


class LanguageModelState(BaseModel):
    """Which language model reads questions that the rules are not sure of, and whether it can be asked."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="FORETELL_LLM_BASE_URL, the file of the choice, or none")
    ok: bool
    detail: str
    hit_rate: float | None = Field(default=None, description="Of the server's prefix cache, where it tells")


def language_model(settings: Settings) -> Model | None:
    """The client of the model; nothing is started or asked yet. Raises ConfigurationError for a file that is gone."""
    if settings.llm_base_url is not None:
        return OpenAILanguageModel(
            settings.llm_base_url,
            model=settings.llm_model,
            api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            timeout_s=settings.llm_timeout_s,
        )
    path = chosen(settings.data_dir)
    return None if path is None else EmbeddedLanguageModel(checked(path), timeout_s=settings.llm_timeout_s)


def tells(model: Model | None) -> bool:
    """Whether its prose is waited for: one in the house takes 25 s for it, and 9 times of 10 it is withheld."""
    return isinstance(model, OpenAILanguageModel)


def use(settings: Settings, path: Path) -> Path:
    """Choose a GGUF file for the next start; raises ConfigurationError."""
    return choose(settings.data_dir, path)


def off(settings: Settings) -> bool:
    """Take the choice back; gives whether there was one."""
    return forget(settings.data_dir)


def status(settings: Settings) -> LanguageModelState:
    """What there is, asked now; raises ConfigurationError for a file that is gone."""
    model = language_model(settings)
    if model is None:
        return LanguageModelState(source="none", ok=True, detail="questions are read without a language model")
    source = "FORETELL_LLM_BASE_URL" if settings.llm_base_url else str(settings.data_dir / CHOICE)
    health = asyncio.run(model.health())
    return LanguageModelState(source=source, ok=health.ok, detail=health.detail, hit_rate=health.hit_rate)
