"""``Agent``: a question about a picture in, a ``Segmentation`` out."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from importlib.metadata import version
from typing import Any, TypedDict, Unpack, cast

from langchain_core.runnables import RunnableConfig

from dtwinseger.agent.checkpoints import open_checkpoints
from dtwinseger.agent.files import make_folder
from dtwinseger.agent.loops import run_anywhere
from dtwinseger.agent.resuming import check_thread, only_run_of, refuse_if_other
from dtwinseger.agent.settings import Settings, load_settings
from dtwinseger.agent.sources import (
    GivenTwin,
    ImageSource,
    checked_query,
    matching_picture,
    refuse_huge,
    shown,
)
from dtwinseger.agent.tracing import JsonLinesTracer
from dtwinseger.agent.wiring import services_of
from dtwinseger.graphs.construct import build_construct
from dtwinseger.graphs.options import Granularity, RunOptions
from dtwinseger.graphs.ports import Mode
from dtwinseger.graphs.running import DraftEvent, StageEvent, StateEvent
from dtwinseger.graphs.segment import build_segment
from dtwinseger.graphs.state import Fingerprint, RunState
from dtwinseger.graphs.toolbox import path_of
from dtwinseger.graphs.workspace import Services, Workspace
from dtwinseger.tools.pictures import Picture, RGBImage, read_picture
from dtwinseger.twin.errors import RunFailedError, SettingsError
from dtwinseger.twin.result import Components, ImageInfo, Segmentation
from dtwinseger.twin.schema import Level

Event = StageEvent | DraftEvent | StateEvent | Segmentation
"""What ``astream`` yields: stages that begin, states as they are written (mode ``path``) and as they happen,
and at last the result."""


class How(TypedDict, total=False):
    """How a question is to be answered; everything has a default.

    Attributes:
        granularity: ``auto`` (the default) lets the tagger choose.
        mode: ``tools``, one call at a time (the default), or ``path``, all in one completion.
        twin: reason over this twin; nothing is perceived anew.
        thread: a new run's id, or that of a killed run, which is resumed.
        accept_partial: take the last state when a budget is spent.
    """

    granularity: Granularity
    mode: Mode
    twin: GivenTwin | None
    thread: str | None
    accept_partial: bool


class Agent:
    """Answers questions about pictures under one set of settings.

    Args:
        settings: by default those of the environment.
        services: live parts in place of those that the settings name.
    """

    def __init__(self, settings: Settings | None = None, *, services: Services | None = None) -> None:
        self.settings = settings or load_settings()
        # Pictures and questions are private: nobody else on the machine reads them.
        make_folder(self.settings.home, mode=0o700)
        self.services = services or services_of(self.settings)
        self._workspace = Workspace(self.services, self.settings.max_pixels)

    def segment(self, image: ImageSource | None, query: str, **how: Unpack[How]) -> Segmentation:
        """``asegment`` for callers without an event loop, and for those inside one (notebooks)."""
        return run_anywhere(self.asegment(image, query, **how))

    async def asegment(self, image: ImageSource | None, query: str, **how: Unpack[How]) -> Segmentation:
        """Answer one question. See ``astream`` for the arguments."""
        async with aclosing(self.astream(image, query, **how)) as events:
            async for event in events:
                if isinstance(event, Segmentation):
                    return event
        raise AssertionError("a stream ends with its result")

    async def astream(
        self, image: ImageSource | None, query: str, **how: Unpack[How]
    ) -> AsyncGenerator[Event]:
        """Answer one question, yielding every state as it happens and the result at the end.

        Who leaves before the end closes it: ``async with contextlib.aclosing(agent.astream(...)) as events``.

        Args:
            image: a path, a PIL image, or uint8 RGB of shape (H, W, 3); None with a twin that has none.
            how: see ``How``.

        Raises:
            BadInputError: a picture, twin, query or setting that cannot be used.
            ResumeRefusedError: the thread is finished, or was begun under other settings.
            TypeError: something in ``how`` that there is not.
        """
        thread = how.get("thread") or new_thread()
        check_thread(thread)
        # It reads the picture and the model's weights, for their digests.
        begin = await asyncio.to_thread(self.begin, image, query, **how)
        with only_run_of(thread, self.settings.home):
            async for event in self._run(begin, thread):
                yield event

    def begin(self, image: ImageSource | None, query: str, **how: Unpack[How]) -> RunState:
        """The state that a question starts from; its fingerprint tells whether two are the same.

        Raises:
            BadInputError: as ``astream``.
        """
        if unknown := how.keys() - How.__annotations__.keys():
            raise TypeError(
                f"a question takes {', '.join(How.__annotations__)}, not {', '.join(sorted(unknown))}"
            )
        mode, granularity = how.get("mode", "tools"), how.get("granularity", "auto")
        text = checked_query(query, self.settings.max_query_chars)
        if mode not in self.services.planner.modes:
            has = ", ".join(sorted(self.services.planner.modes))
            raise SettingsError(f"planner {self.services.planner.name} has no mode {mode!r}; it has: {has}")
        options = self.settings.options(
            granularity=granularity, mode=mode, accept_partial=how.get("accept_partial", False)
        )
        return self._begin(image, how.get("twin"), text, options)

    def _begin(
        self, image: ImageSource | None, given: GivenTwin | None, query: str, options: RunOptions
    ) -> RunState:
        """The state that a run starts from. Pictures and masks go to the store."""
        picture: Picture | None = None
        twin_id = start = None
        if given is not None:
            refuse_huge(given.twin.image, options.max_pixels)
            given = shown(given, options.max_objects)
            if image is not None:
                picture = matching_picture(given, image, options.max_pixels)
            stored = given.twin.replaced(masks=self._workspace.put_masks(given.masks))
            twin_id, start = self._workspace.put_twin(stored), stored.active
            ref = stored.image
            info = ImageInfo(path=None, sha256=ref.sha256, height=ref.height, width=ref.width)
        elif image is None:
            raise SettingsError("a question needs a picture or a twin")
        else:
            picture = read_picture(image, max_pixels=options.max_pixels)
        if picture is not None:
            info = ImageInfo(
                path=picture.path, sha256=picture.sha256, height=picture.height, width=picture.width
            )
        picture_id = None if picture is None else self.services.store.put(picture.data, "picture")
        return RunState(
            fingerprint=Fingerprint(
                query=query,
                picture=picture_id,
                twin=twin_id,
                program=version("dtwinseger"),
                components=self._components(picture is not None),
                models=self.services.models(perceiving=picture is not None),
                options=options,
            ),
            image=info,
            picture=picture_id,
            twin=twin_id,
            start=start,
            granularity=None if given is None else given.twin.granularity,
            notes=() if picture is None else picture.notes,
        )

    def _components(self, picture_given: bool) -> Components:
        names = self.services.components
        # Without its picture a twin leaves nothing to perceive: those parts cannot have been used.
        return names if picture_given else names.model_copy(update={"segmenter": None, "tagger": None})

    def pixels_of(self, result: Segmentation) -> RGBImage | None:
        """The picture that a result of ours is about, as it was when the question was asked."""
        if result.image.sha256 is None:
            return None
        artifact = f"picture-{result.image.sha256}"
        return self._workspace.pixels(artifact) if artifact in self.services.store else None

    def twin(
        self,
        image: ImageSource,
        *,
        granularity: Level = "object",
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> tuple[GivenTwin, tuple[str, ...]]:
        """Build the twin of a picture, with tags that serve any question; also notes on the picture."""
        return run_anywhere(self._construct(image, granularity, on_event))

    async def _construct(
        self, image: ImageSource, granularity: Level, on_event: Callable[[Event], None]
    ) -> tuple[GivenTwin, tuple[str, ...]]:
        options = self.settings.options(granularity=granularity).model_copy(update={"tagging": "once"})
        begin = await asyncio.to_thread(self._begin, image, None, "", options)
        config = self._config(begin, new_trace(), new_thread(), "twin")
        graph = build_construct(self._workspace)
        stream = graph.astream(begin, config, context=options, stream_mode=["custom", "values"])
        values: Any = {}
        async for kind, event in cast("AsyncIterator[tuple[str, Any]]", stream):
            if kind == "custom":
                on_event(event)
            else:
                values = event
        final = RunState.model_validate(values)
        if final.outcome is not None:
            raise RunFailedError(final.outcome.error or "the twin could not be built")
        assert final.twin is not None
        twin = self._workspace.twin(final.twin)
        return GivenTwin(twin, self._workspace.masks(twin)), final.notes

    def _config(self, begin: RunState, trace: uuid.UUID, thread: str, name: str) -> RunnableConfig:
        return {
            "configurable": {"thread_id": thread},
            "callbacks": [JsonLinesTracer(self.settings.home / "traces")],
            "run_id": trace,
            "run_name": name,
            "recursion_limit": 20 + 4 * self.settings.max_calls,
            "metadata": {
                "query": begin.query,
                "image": begin.image.path,
                "components": begin.fingerprint.components.model_dump(mode="json"),
            },
        }

    async def _run(self, begin: RunState, thread: str) -> AsyncGenerator[Event]:
        trace, options = new_trace(), begin.fingerprint.options
        config = self._config(begin, trace, thread, "segment")
        async with open_checkpoints(self.settings) as checkpoints:
            graph = build_segment(self._workspace, checkpoints)
            before = await graph.aget_state(config)
            if before.values:
                refuse_if_other(thread, before.values, begin, bool(before.next))
            stream = graph.astream(
                None if before.values else begin,
                config,
                context=options,
                stream_mode="custom",
                subgraphs=True,
                # What is finished must be on disk before the next node begins.
                durability="sync",
            )
            typed = cast("AsyncGenerator[tuple[Any, StageEvent | DraftEvent | StateEvent]]", stream)
            async with aclosing(typed) as events:
                async for _, event in events:
                    yield event
            final = RunState.model_validate((await graph.aget_state(config)).values)
        yield self._result(final, str(trace))

    def _result(self, state: RunState, trace: str) -> Segmentation:
        outcome = state.outcome
        assert outcome is not None
        path = masks = stack = None
        if state.twin is not None and state.start is not None:
            whole = path_of(state, self._workspace)
            path = whole.settled()
            stack = self._workspace.masks(whole.twin)
            masks = stack.take(whole.twin.rows(o.index for o in path.twin.objects))
        return Segmentation(
            status=outcome.status,
            complete=outcome.complete,
            stopped_by=outcome.stopped_by,
            error=outcome.error,
            query=state.query,
            image=state.image,
            granularity=state.granularity,
            path=path,
            masks=masks,
            components=state.fingerprint.components,
            trace_id=trace,
            usage=state.usage,
            evidence=state.evidence,
            notes=state.notes,
            fingerprint=state.fingerprint.digest,
            proposals=stack,
        )


def new_trace() -> uuid.UUID:
    """An id that no trace has yet."""
    return uuid.uuid4()


def new_thread() -> str:
    """An id that no run has yet."""
    return uuid.uuid4().hex[:12]
