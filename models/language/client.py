"""A language model behind any OpenAI-compatible server: vLLM, llama.cpp, or one in the cloud."""

import asyncio
import json
import random
import re
from dataclasses import dataclass
from typing import TypeVar

import httpx
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, OpenAIError
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionMessageParam
from openai.types.shared_params.response_format_json_schema import JSONSchema
from pydantic import BaseModel, ValidationError

from models.language.breaker import Breaker
from twin.errors import LanguageModelUnavailable

T = TypeVar("T", bound=BaseModel)

UNKNOWN = "the first model served"
HEALTH_S = 2.0
_HITS = re.compile(r"^vllm:prefix_cache_(?P<what>hits|queries)(?:_total)?(?:\{[^}]*\})? (?P<value>\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """How a server is asked.

    Attributes:
        timeout_s: for a whole answer, the wait for a turn and the second try included.
        max_tokens: of an answer.
        at_once: calls that run at the same time; the others wait for their turn.
        pause_s: before a second try, up to twice as long.
        warm_up_s: for the first reading of the instructions, which takes a small machine long.
    """

    timeout_s: float = 30.0
    max_tokens: int = 800
    at_once: int = 4
    pause_s: float = 0.1
    warm_up_s: float = 300.0


@dataclass(slots=True)
class Used:
    """What was spent so far, in tokens; `cached` are those of prompts that the server knew already."""

    calls: int = 0
    failures: int = 0
    prompt: int = 0
    cached: int = 0
    answer: int = 0

    def add(self, usage: CompletionUsage | None) -> None:
        """One answer's tokens, where the server counts them."""
        self.calls += 1
        if usage is not None:
            self.prompt += usage.prompt_tokens
            self.answer += usage.completion_tokens
            details = usage.prompt_tokens_details
            self.cached += (details.cached_tokens or 0) if details else 0


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """A model server as it is now.

    Attributes:
        detail: what it serves, or why it cannot be asked.
        hit_rate: share of prompt tokens that its prefix cache knew since its start; None where it does not say.
    """

    ok: bool
    detail: str
    hit_rate: float | None = None


class _Misshapen(Exception):
    """The answer does not fit the schema."""


class OpenAILanguageModel:
    """Asks for structured output by `response_format` json_schema, which every such server knows; no tool calls.

    Temperature 0. A server that is not there, fails or answers nonsense is asked once more; after three failures in a
    row nobody asks it for 30 s. One pool of connections.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 30.0,
        config: ClientConfig | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._base_url = base_url
        self._name = model
        self._config = config or ClientConfig(timeout_s=timeout_s)
        self._breaker = breaker or Breaker()
        self._turns = asyncio.Semaphore(self._config.at_once)
        self._client = AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=self._config.timeout_s, max_retries=0
        )
        self.used = Used()

    @property
    def name(self) -> str:
        """The served model's name; not known before the first question when none is configured."""
        return self._name or UNKNOWN

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """An instance of `schema` that answers the prompt; raises LanguageModelUnavailable."""
        if self._breaker.open:
            raise self._away(f"failed {self._breaker.failures} times in a row and is left alone for a while")
        try:
            async with asyncio.timeout(self._config.timeout_s), self._turns:
                answer = await self._with_second_try(instructions, prompt, schema)
        except TimeoutError as error:
            raise self._missed(f"did not answer within {self._config.timeout_s:g} s") from error
        except (OpenAIError, _Misshapen) as error:
            raise self._missed(f"failed: {_short(error)}") from error
        self._breaker.heard()
        return answer

    async def warm_up(self, instructions: str) -> None:
        """Let the server read the instructions, for its prefix cache; raises LanguageModelUnavailable."""
        client = self._client.with_options(timeout=self._config.warm_up_s)
        try:
            async with asyncio.timeout(self._config.warm_up_s), self._turns:
                await client.chat.completions.create(
                    model=await self._served(), messages=_messages(instructions, "data: []"), max_tokens=1
                )
        except (OpenAIError, TimeoutError) as error:
            raise self._missed(f"failed: {_short(error)}") from error

    async def health(self) -> ServerHealth:
        """Whether it can be asked now, within 2 s."""
        if self._breaker.open:
            return ServerHealth(ok=False, detail=f"{self._base_url} failed and is left alone for a while")
        try:
            async with asyncio.timeout(HEALTH_S):
                return ServerHealth(ok=True, detail=await self._served(), hit_rate=await self._hit_rate())
        except (OpenAIError, LanguageModelUnavailable, TimeoutError) as error:
            return ServerHealth(ok=False, detail=f"{self._base_url} does not answer: {_short(error)}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _with_second_try(self, instructions: str, prompt: str, schema: type[T]) -> T:
        try:
            return await self._asked(instructions, prompt, schema)
        except (APIConnectionError, _Misshapen):
            pass
        except APIStatusError as error:
            if error.status_code < 500 and error.status_code != 429:
                raise
        await asyncio.sleep(self._config.pause_s * (1 + random.random()))  # noqa: S311 - no secret
        return await self._asked(instructions, prompt, schema)

    async def _asked(self, instructions: str, prompt: str, schema: type[T]) -> T:
        answer = await self._client.chat.completions.create(
            model=await self._served(),
            messages=_messages(instructions, prompt),
            response_format={"type": "json_schema", "json_schema": _json_schema(schema)},
            temperature=0.0,
            max_tokens=self._config.max_tokens,
        )
        self.used.add(answer.usage)
        try:
            return schema.model_validate_json(answer.choices[0].message.content or "")
        except (ValidationError, IndexError) as error:
            raise _Misshapen(f"the answer does not fit {schema.__name__}") from error

    async def _served(self) -> str:
        """The configured name, or the first that the server lists."""
        if self._name is None:
            served = [model.id async for model in self._client.models.list()]
            if not served:
                raise self._missed("serves no model")
            self._name = served[0]
        return self._name

    async def _hit_rate(self) -> float | None:
        """From vLLM's metrics; None elsewhere."""
        url = re.sub(r"/v1/?$", "", self._base_url) + "/metrics"
        try:
            async with httpx.AsyncClient(timeout=HEALTH_S) as client:
                text = (await client.get(url)).text
        except httpx.HTTPError:
            return None
        found: dict[str, float] = {}
        for match in _HITS.finditer(text):
            found[match["what"]] = found.get(match["what"], 0.0) + float(match["value"])
        return found["hits"] / found["queries"] if found.get("queries") and "hits" in found else None

    def _missed(self, what: str) -> LanguageModelUnavailable:
        self.used.failures += 1
        self._breaker.missed()
        return self._away(what)

    def _away(self, what: str) -> LanguageModelUnavailable:
        return LanguageModelUnavailable(
            f"the language model at {self._base_url} {what}", field="FORETELL_LLM_BASE_URL", value=self._base_url
        )


def _json_schema(schema: type[BaseModel]) -> JSONSchema:
    """The schema; strict, in which every field must be there, only where no field has a default."""
    content = schema.model_json_schema()
    return {"name": schema.__name__, "schema": content, "strict": '"default"' not in json.dumps(content)}


def _messages(instructions: str, prompt: str) -> list[ChatCompletionMessageParam]:
    """Instructions first: they are the same for every question of a plant, so the server may keep what it read."""
    return [{"role": "system", "content": instructions}, {"role": "user", "content": prompt}]


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
