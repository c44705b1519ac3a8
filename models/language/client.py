"""A language model behind any OpenAI-compatible server: vLLM, llama.cpp, or one in the cloud."""

import asyncio
from typing import TypeVar

from openai import AsyncOpenAI, OpenAIError
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.exceptions import AgentRunError, UserError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from twin.errors import LanguageModelUnavailable

T = TypeVar("T", bound=BaseModel)

MAX_TOKENS = 800
UNKNOWN = "the first model served"


class OpenAILanguageModel:
    """Asks for structured output by `response_format` json_schema, which every such server knows; no tool calls.

    Temperature 0 and at most 800 tokens. An answer that does not fit the schema is asked for once more, and
    everything together takes `timeout_s` at the longest.
    """

    def __init__(
        self, base_url: str, *, model: str | None = None, api_key: str | None = None, timeout_s: float = 30.0
    ) -> None:
        self._base_url = base_url
        self._name = model
        self._timeout_s = timeout_s
        self._client = AsyncOpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=1)

    @property
    def name(self) -> str:
        """The served model's name; not known before the first question when none is configured."""
        return self._name or UNKNOWN

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """An instance of `schema` that answers the prompt; raises LanguageModelUnavailable."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._complete(instructions, prompt, schema)
        except TimeoutError as error:
            raise self._away(f"did not answer within {self._timeout_s:g} s") from error
        except (AgentRunError, OpenAIError, UserError) as error:
            raise self._away(f"failed: {_short(error)}") from error

    async def _complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        model = OpenAIChatModel(
            await self._served(), provider=OpenAIProvider(openai_client=self._client), profile=_profile()
        )
        agent = Agent(
            model,
            output_type=NativeOutput(schema, strict=True),
            instructions=instructions,
            model_settings=ModelSettings(temperature=0.0, max_tokens=MAX_TOKENS),
            retries=1,
        )
        return (await agent.run(prompt)).output

    async def _served(self) -> str:
        """The configured name, or the first that the server lists."""
        if self._name is None:
            served = [model.id async for model in self._client.models.list()]
            if not served:
                raise self._away("serves no model")
            self._name = served[0]
        return self._name

    def _away(self, what: str) -> LanguageModelUnavailable:
        return LanguageModelUnavailable(
            f"the language model at {self._base_url} {what}", field="FORETELL_LLM_BASE_URL", value=self._base_url
        )


def _profile() -> OpenAIModelProfile:
    """What every server in this role can do, whatever model it serves."""
    return OpenAIModelProfile(
        supports_json_schema_output=True,
        openai_chat_supports_max_completion_tokens=False,
        openai_system_prompt_role="system",
    )


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
