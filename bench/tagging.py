"""How long tagging takes when each call takes a second: 16 masks, 4 a call, 4 calls in flight.

    python bench/tagging.py [--check]

The service is on loopback, in a process of its own as it would be on a machine of its own, and answers a
second after it has read the request. Measured is what the person waits: views drawn and encoded, calls made,
answers read; and what our processor does in that time, which includes what is measured on the pixels during
the calls. The first round, which loads what is loaded once, does not count. With ``--check`` it fails where
the best of three others takes more than 1.3 s.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT / "tests" / folder) for folder in ("tools", "graphs")]

from eyes import Labels  # noqa: E402
from loopback import MODEL, Waits, serving  # noqa: E402

from dtwinseger.graphs.construct import batched  # noqa: E402
from dtwinseger.tools.chat.client import ChatClient  # noqa: E402
from dtwinseger.tools.chat.endpoint import Endpoint  # noqa: E402
from dtwinseger.tools.vlm.tagger import ChatTagger  # noqa: E402
from dtwinseger.twin.masks import MaskStack  # noqa: E402

MASKS, BATCH, IN_FLIGHT, SECONDS = 16, 4, 4, 1.0
MOST = 1.3


def scene() -> tuple[Any, MaskStack]:
    """A photo at 480 x 640 with sixteen boxes on it."""
    photo = Image.open(ROOT / "examples" / "photos" / "coffee.png").convert("RGB").resize((640, 480))
    pixels = np.asarray(photo)
    dense = np.zeros((MASKS, 480, 640), np.bool_)
    for row, mask in enumerate(dense):
        y, x = divmod(row, 4)
        mask[20 + 115 * y : 100 + 115 * y, 20 + 155 * x : 130 + 155 * x] = True
    return pixels, MaskStack.from_dense(dense)


def serve(line: Connection) -> None:
    """Tell where the service is, run it until there is a word, tell how often it was asked."""
    with serving() as service:
        service.does(Waits(SECONDS, Labels()))
        line.send(service.url)
        line.recv()
        line.send(len(service.asked))


async def waited(tagger: ChatTagger, pixels: Any, masks: MaskStack) -> tuple[float, float]:
    """Seconds from the masks to the tags of all, by the clock and of the processor."""
    began, began_cpu = time.perf_counter(), time.process_time()
    batches = batched(tuple(range(len(masks))), BATCH)
    found = await asyncio.gather(*(tagger.tag(pixels, masks, rows, "which?") for rows in batches))
    assert sum(map(len, found)) == MASKS
    return time.perf_counter() - began, time.process_time() - began_cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help=f"fail above {MOST} s")
    args = parser.parse_args()
    pixels, masks = scene()
    own = get_context("spawn")
    line, its_end = own.Pipe()
    own.Process(target=serve, args=(its_end,), daemon=True).start()
    client = ChatClient(Endpoint(MODEL, base_url=line.recv(), in_flight=IN_FLIGHT))

    async def runs() -> list[tuple[float, float]]:
        # The first loads what is loaded once.
        return [await waited(ChatTagger(client), pixels, masks) for _ in range(4)][1:]

    times = asyncio.run(runs())
    line.send("enough")
    calls = line.recv() // 4
    print(
        f"{MASKS} masks in {calls} calls of {SECONDS:g} s, {IN_FLIGHT} in flight: "
        f"{', '.join(f'{wall:.2f} ({cpu:.2f})' for wall, cpu in times)} s (of the processor)"
    )
    if args.check and min(times)[0] > MOST:
        sys.exit(f"more than {MOST} s")


if __name__ == "__main__":
    main()
