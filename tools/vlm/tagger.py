"""The tagger: granularity, tags and boxes from a vision-language model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from langchain_core.messages import HumanMessage

from dtwinseger.prompts.loader import digest, render
from dtwinseger.tools.attributes import measured
from dtwinseger.tools.attributes.overview import Overview
from dtwinseger.tools.chat.answers import ask
from dtwinseger.tools.chat.client import ChatClient
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Cache, GranularityChoice
from dtwinseger.tools.views.encoding import picture_part
from dtwinseger.tools.views.overview import whole_picture
from dtwinseger.tools.vlm.answers import (
    Box,
    BoxesAnswer,
    GranularityAnswer,
    ObservedTagsAnswer,
    TagsAnswer,
    check_tags,
    semantics_of,
)
from dtwinseger.tools.vlm.names import Strategy, ViewsName
from dtwinseger.tools.vlm.pictures import Marked, Overviews, Part, text_part, views_of
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics

VERSION: Final = 2
"""To be raised with every change of the answers."""

_ANSWERS: Final[dict[Strategy, type[TagsAnswer | ObservedTagsAnswer]]] = {
    "direct": TagsAnswer,
    "in_context": TagsAnswer,
    "system": ObservedTagsAnswer,
}


class ChatTagger:
    """Tags by a vision-language model, on top of what is measured on the pixels.

    Args:
        client: calls the model.
        views: what it is shown of each mask, beside an overview of all.
        strategy: how it is asked.
        cache: of its answers.
    """

    def __init__(
        self,
        client: ChatClient,
        *,
        views: ViewsName = "both",
        strategy: Strategy = "system",
        cache: Cache | None = None,
    ) -> None:
        self._client = client
        self._views: ViewsName = views
        self._strategy: Strategy = strategy
        self._cache = cache
        self._overviews = Overviews()
        # Batches are measured while their calls are waited for; one by one, so that this does not take the
        # processor from the calls of others that are being sent.
        self._measuring = ThreadPoolExecutor(1, "attributes")

    @property
    def name(self) -> str:
        """As the settings name it."""
        return f"openai:{self._client.endpoint.model}"

    @property
    def fingerprint(self) -> str:
        """The model and where it is served, how it is called, what it is shown and asked."""
        return " ".join(
            (self.name, self._client.endpoint.identity, self._views, self._strategy, digest(), str(VERSION))
        )

    async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:
        """By the picture and the question (Eq. 1).

        Raises:
            RunFailedError: the model cannot be asked, or its answer stayed wrong.
        """
        picture = await asyncio.to_thread(_whole, pixels)
        question = _message(render("granularity", query=query), [picture])
        answer = await ask(self._client, [question], GranularityAnswer, cache=self._cache)
        return GranularityChoice(answer.granularity, answer.reason)

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,
        numbers: Mapping[int, int] | None = None,
    ) -> list[Semantics]:
        """Label, attributes and a sentence of each row, from one call; measured attributes besides.

        Raises:
            RunFailedError: the model cannot be asked, or its answer stayed wrong.
        """
        if not rows:
            return []
        shown = {row: row for row in range(len(masks))} if numbers is None else dict(numbers)
        asked = {row: shown[row] for row in rows}
        # The first batch of a picture draws the overview, while it and the others draw their own views.
        views, whole = await asyncio.gather(
            asyncio.to_thread(views_of, pixels, masks, asked, self._views),
            asyncio.to_thread(self._overviews.of, pixels, masks, shown),
        )
        parts = [text_part("All objects:"), whole.part, *views]
        message = _message(self._prompt(masks, asked, query, shown, whole), parts)
        answer, measures = await asyncio.gather(
            ask(
                self._client,
                [message],
                _ANSWERS[self._strategy],
                lambda tags: check_tags(tags.objects, [*asked.values()]),
                self._cache,
            ),
            asyncio.get_running_loop().run_in_executor(self._measuring, _measured, pixels, masks, rows),
        )
        said = {tagged.index: tagged for tagged in answer.objects}
        return [semantics_of(said[asked[row]], own) for row, own in zip(rows, measures, strict=True)]

    async def boxes(self, pixels: RGBImage, phrase: str) -> list[Box]:
        """Where the model sees a phrase, best first; none is an empty list.

        Raises:
            RunFailedError: the model cannot be asked, or its answer stayed wrong.
        """
        height, width = pixels.shape[:2]
        picture = await asyncio.to_thread(_whole, pixels)
        prompt = render("boxes", width=width, height=height, phrase=phrase)
        answer = await ask(
            self._client, [_message(prompt, [picture])], BoxesAnswer, lambda found: found.check(), self._cache
        )
        return [box.in_pixels(width, height) for box in answer.boxes]

    def _prompt(
        self,
        masks: MaskStack,
        asked: Mapping[int, int],
        query: str | None,
        shown: Mapping[int, int],
        whole: Marked,
    ) -> str:
        areas = masks.areas / (masks.height * masks.width)
        return render(
            f"tag/{self._strategy}",
            width=masks.width,
            height=masks.height,
            numbers=[*asked.values()],
            views=self._views,
            left_out=list(whole.left_out),
            places=[
                [number, list(masks[row].box), round(100 * float(areas[row]), 2)]
                for row, number in shown.items()
            ],
            query=query,
        )


def _measured(pixels: RGBImage, masks: MaskStack, rows: Sequence[int]) -> list[Semantics]:
    whole = Overview.of(pixels)
    return [measured(pixels, masks[row], whole) for row in rows]


def _whole(pixels: RGBImage) -> Part:
    return picture_part(whole_picture(pixels))


def _message(prompt: str, parts: Sequence[Part]) -> HumanMessage:
    """One message, the person's: not every model's template has a place for others."""
    content: list[Any] = [{"type": "text", "text": prompt}, *map(dict, parts)]
    return HumanMessage(content)
