"""Traces name the pictures that models were sent, and do not hold them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import HumanMessage

from dtwinseger.agent.tracing import JsonLinesTracer, without_pictures

PICTURE = b"\x89PNG \x00\xff pixels" * 9
URI = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
NAME = f"image/png, {len(PICTURE)} bytes, sha256 {hashlib.sha256(PICTURE).hexdigest()}"


def test_a_picture_in_a_message_to_a_model_is_named_in_the_trace(tmp_path: Path) -> None:
    content = [
        {"type": "text", "text": f'what is "this"? {URI} and {URI}'},
        {"type": "image_url", "image_url": {"url": URI}},
    ]
    FakeListChatModel(responses=["a cup"]).invoke(
        [HumanMessage(content)], {"callbacks": [JsonLinesTracer(tmp_path)]}
    )
    [file] = tmp_path.iterdir()
    text = file.read_text()
    assert "base64" not in text
    run = json.loads(text.splitlines()[-1])
    assert run["run_type"] == "llm"
    said = json.dumps(run["inputs"])
    assert said.count(NAME) == 3
    assert "what is" in said


def test_other_data_uris_and_words_stay_as_they_are() -> None:
    for text in ("data:text/plain;base64,AAAA", "data:image/png;base64,", "an image/png; base64", "{}"):
        assert without_pictures(text) == text
