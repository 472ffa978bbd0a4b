"""Third parties' servers with the tiny llama, and a twin of two objects to ask about."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))

from serverprocess import KEY, TOKENS, Server, needs, running
from tinyllama import CONTEXT, write_folder, write_gguf

from dtwinseger.agent import remote
from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.sources import GivenTwin

SERVED = {
    "own": {"chat_format": None},  # the model's template; which tool is called is enforced when it is named
    "chatml": {"chat_format": "chatml-function-calling"},  # the server's; it alone knows tool_choice `auto`
    "short": {"chat_format": None, "n_ctx": 1024},
}
"""What llama.cpp's server serves the same model as, by name."""


@pytest.fixture(scope="session")
def llama_cpp_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    needs("llama_cpp", "fastapi", "gguf")
    folder = tmp_path_factory.mktemp("llama_cpp")
    shared = {
        "model": str(write_gguf(folder / "tiny.gguf")),
        "n_ctx": CONTEXT,
        "n_threads": 1,
        "n_threads_batch": 1,
        "logits_all": False,
        "seed": 1,
        "verbose": False,
    }
    models = [{**shared, "model_alias": name, **how} for name, how in SERVED.items()]
    config = folder / "config.json"
    config.write_text(json.dumps({"host": "127.0.0.1", "api_key": KEY, "models": models}))
    with running("llama_cpp.server", ["--config_file", str(config)], folder / "log", {}, "/docs") as server:
        yield server


@pytest.fixture(scope="session")
def transformers_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    needs("fastapi", "uvicorn")
    folder = tmp_path_factory.mktemp("transformers")
    write_folder(folder / "tiny")
    arguments = ["--host", "127.0.0.1", "--port", "{port}", "--device", "cpu", "--default-seed", "1"]
    with running(
        "transformers.cli.transformers",
        ["serve", "tiny", *arguments],
        folder / "log",
        {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"},
        "/health",
    ) as server:
        yield server


@pytest.fixture
def llama_cpp(llama_cpp_process: Server) -> Iterator[Server]:
    """llama.cpp's server, with the models of ``SERVED``."""
    yield from _shown(llama_cpp_process)


@pytest.fixture
def transformers(transformers_process: Server) -> Iterator[Server]:
    """The server of transformers, with the model ``tiny``."""
    yield from _shown(transformers_process)


def _shown(server: Server) -> Iterator[Server]:
    remote._client.cache_clear()  # a client remembers what its service refused
    yield server
    print(server.said)  # pytest shows it where the test failed


@pytest.fixture
def settings(home: Path) -> Callable[..., Settings]:
    """``settings(server, "own")``: of a run whose planner is this model; nothing is tried twice."""

    def build(server: Server, model: str, **others: object) -> Settings:
        given = {
            "planner": f"openai:{model}",
            "openai_base_url": server.url,
            "openai_api_key": KEY,
            "max_output_tokens": TOKENS,
            "retries": 0,
        }
        return Settings(home=home, **{**given, **others})

    return build


@pytest.fixture(scope="session")
def halves(tmp_path_factory: pytest.TempPathFactory) -> GivenTwin:
    """Of red on the left and blue on the right: two objects, by the embedded segmenter and tagger."""
    pixels = np.full((48, 64, 3), (220, 30, 30), np.uint8)
    pixels[:, 32:] = (40, 60, 220)
    given, _ = Agent(Settings(home=tmp_path_factory.mktemp("halves") / "home")).twin(pixels)
    assert len(given.twin.objects) == 2
    return given
