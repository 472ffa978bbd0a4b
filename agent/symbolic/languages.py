"""Recognises questions in other languages, so that they are declined for what they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from dtwinseger.agent.symbolic.spelling import is_english

_NAMES: Final = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_SURE: Final = 0.3
_PLAIN: Final = 0.8
_NAMED: Final = 0.5


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", *_NAMES])
    return identifier


def foreign_language(text: str, words: Sequence[str], unknown: Sequence[str]) -> str | None:
    """The English name of the language that a query is in; None for English or where it cannot be told.

    Args:
        words: the query's words, lower-case.
        unknown: those of them that the planner does not know; where at least half are known, it is English.
    """
    if not unknown or 2 * len(unknown) < len(words):
        return None
    language, sure = _identifier().classify(text)
    # "Le", "chat" and "sur" occur in English text, too: then only what is plain counts.
    enough = _PLAIN if all(map(is_english, unknown)) else _SURE
    if language == "en" or sure < enough:
        return None
    return _NAMES[language] if sure >= _NAMED else "another language"
