"""What is looked for: a query's noun phrases, and vocabulary files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtwinseger.tools.owlv2.phrases import noun_phrases, vocabulary
from dtwinseger.twin.errors import SettingsError

PHRASES = {
    "dog": ("dog",),
    "the dog": ("dog",),
    "The Red Mug": ("red mug",),
    "the dog and the cat": ("dog", "cat"),
    "the dog's collar": ("dog collar",),
    "the dogs' bowls": ("dogs bowls",),
    "the handle of the mug": ("handle", "mug"),
    "Which of these people is holding an umbrella?": ("people", "umbrella"),
    "the man wearing a blue t-shirt, left of the car": ("man", "blue t-shirt", "car"),
    "the largest red mug": ("red mug",),
    "what would you use to cut the bread": ("cut", "bread"),
    "find the potted plant near the dining table": ("potted plant", "dining table"),
    "the shiny old wooden grandfather clock": ("old wooden grandfather clock",),
    "mug, plate; spoon": ("mug", "plate", "spoon"),
    "the dog next to the dog": ("dog",),
    "the café table": ("café table",),
    "the cafe\u0301 table": ("café table",),
    "Ångström's façade - the naïve über-chef": ("ångström façade", "naïve über-chef"),
    "the red one": (),
    "the largest": (),
    "which is red": (),
    "what is it?": (),
    "": (),
    "  ": (),
    "左边的狗": (),
    "42": (),
}


@pytest.mark.parametrize("query", PHRASES)
def test_a_query_is_cut_into_its_noun_phrases(query: str) -> None:
    assert noun_phrases(query) == PHRASES[query]


def test_without_a_file_things_and_parts_are_looked_for() -> None:
    phrases = vocabulary(None)
    assert phrases[0] == "person"
    assert phrases[79] == "toothbrush"
    assert "handle" in phrases[80:]
    assert len(set(phrases)) == len(phrases)
    assert all(phrase == phrase.strip().lower() and len(phrase.split()) <= 2 for phrase in phrases)


def test_a_file_has_a_phrase_a_line_and_may_have_comments(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# birds\nhouse  sparrow \n\nÄnte\r\nHouse Sparrow\n", "utf-8")
    assert vocabulary(tmp_path / "words.txt") == ("house sparrow", "änte")


@pytest.mark.parametrize("content", [None, b"", b"# nothing\n\n", b"\xff\xfe\x00"])
def test_a_file_that_holds_no_phrases_is_refused_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^[^\n]*vocabulary [^\n]*words\.txt[^\n]*$"):
        vocabulary(tmp_path / "words.txt")
