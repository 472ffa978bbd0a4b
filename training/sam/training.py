"""A training in memory: its batches, gradients and measurements, and its state."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import tee
from statistics import fmean
from typing import Final

import numpy as np
import torch
from segment_anything.modeling import MaskDecoder, Sam
from torch import Tensor

from dtwinseger.tools.digests import digest_of, unchanged
from dtwinseger.tools.promptable.devices import device_of
from dtwinseger.tools.promptable.memory import no_room
from dtwinseger.tools.sam.architecture import SamSizes, build
from dtwinseger.tools.sam.checkpoint import Checkpoint, load, packed
from dtwinseger.training.sam.batches import Batch, batch_of
from dtwinseger.training.sam.config import TrainConfig
from dtwinseger.training.sam.losses import best_of_three, have_iou, iou_loss, ious, mask_loss
from dtwinseger.training.sam.measure import Figures, measure
from dtwinseger.training.sam.model import align_attention, decode, prompt_tokens
from dtwinseger.training.sam.prompts import draw_prompts
from dtwinseger.training.sam.sources import Source, source_of
from dtwinseger.training.sam.state import DAMAGE, State, save_state, unreadable
from dtwinseger.twin.errors import BadInputError, RunFailedError, SettingsError
from dtwinseger.twin.schema import LEVELS, Level

# Where weights are read and made, whatever device they are for.
CPU: Final = torch.device("cpu")
ELSEWHERE: Final = "free some, or take another `device`"


class Training:
    """A training in memory: the model, its optimiser, and the steps made so far.

    Attributes:
        saved: the step of the state on disk; 0 where there is none.

    Raises:
        CheckpointError: the checkpoint to begin from is missing, damaged, or of another architecture.
        SettingsError: the device is not there, or the checkpoint's decoders do not fit what is to be trained.
        BadInputError: the data is missing or damaged.
        RunFailedError: the device, or the computer, has no room for the model.
    """

    def __init__(self, config: TrainConfig) -> None:
        device = _device(config.device)
        self.config = config
        self.source: Source = source_of(config.data, config.held_out, config.seed)
        self.inputs = {"data": self.source.digest}
        with room_for(CPU, "free some, or take a smaller SAM"):
            base = self._base()
            self.decoders: dict[Level, MaskDecoder] = {
                level: copy.deepcopy(base.decoders.get(level, base.sam.mask_decoder))
                for level in self._levels()
            }
        self.sizes: SamSizes = base.sizes
        self.sam: Sam = base.sam
        self.untrained = {level: own for level, own in base.decoders.items() if level not in self.decoders}
        self.notes = self._notes()
        with room_for(device, ELSEWHERE):
            for module in (self.sam, *self.decoders.values()):
                module.to(device)
        self.trained = self._trained()
        self.optimiser = torch.optim.AdamW(
            self.trained, lr=config.lr, weight_decay=config.weight_decay, fused=True
        )
        self.step = 0
        self.saved = 0
        self.pending: list[Mapping[str, float]] = []

    def make_step(self) -> dict[str, float]:
        """One batch: gradients of all decoders that are trained, one step of the optimiser; the losses.

        Raises:
            UserError: a picture cannot be read; no step was made.
            RunFailedError: a loss or a gradient is not a number; no step was made.
        """
        config = self.config
        factor = learning_rate(self.step, config.steps, config.warmup)
        for group in self.optimiser.param_groups:
            group["lr"] = config.lr * factor
        self.optimiser.zero_grad()
        losses: list[dict[str, float]] = []
        for level, decoder in self._targets():
            mask, iou = self._losses(self._batch(level), decoder)
            losses.append({"mask_loss": mask.item(), "iou_loss": iou.item()})
            self._check_numbers("loss", mask + iou)
            torch.autograd.backward(mask + iou)
        norm = torch.nn.utils.clip_grad_norm_(self.trained, config.clip)
        self._check_numbers("gradient", norm)
        self.optimiser.step()
        self.step += 1
        made = {name: fmean(one[name] for one in losses) for name in losses[0]}
        self.pending.append(made)
        return made

    def measured(self) -> Figures:
        """Figures on the pictures held out, the same pictures and prompts each time."""
        found: Figures = {}
        for level, decoder in self._targets():
            # The prompts of a picture are drawn when it is its turn.
            examples, asked = tee(self.source.held_out(level))
            rng = np.random.default_rng([self.config.seed, 0])
            prompts = (draw_prompts(example, self.config.prompts, rng) for example in asked)
            prefix = "" if level is None else f"{level}."
            made = measure(self.sam, decoder, self.sizes, examples, prompts)
            found |= {prefix + name: value for name, value in made.items()}
        return found

    def save(self) -> None:
        """Write the state: all that decides how it goes on.

        Raises:
            RunFailedError: a weight is not a number, or memory ran out; what was saved before is kept.
            OutputError: it cannot be written.
        """
        for weight in self.trained:
            self._check_numbers("weight", weight)
        weights = {
            prefix + name: tensor
            for prefix, module in self._modules().items()
            for name, tensor in module.state_dict().items()
        }
        state = State(self.step, weights, self.optimiser.state_dict(), self.pending)
        with room_for(CPU, f"free some; {self.kept()}"):
            save_state(self.config.out, self.config, self.inputs, state)
        self.saved = self.step

    def resume(self, state: State) -> None:
        """Go on from a state of the same configuration.

        Raises:
            BadInputError: its weights do not fit.
            MemoryError, RuntimeError: there is no room for it; see ``room_for``.
        """
        try:
            for prefix, module in self._modules().items():
                own = {n.removeprefix(prefix): t for n, t in state.weights.items() if n.startswith(prefix)}
                module.load_state_dict(own)
            self.optimiser.load_state_dict(dict(state.optimiser))
        except DAMAGE as error:
            if no_room(error):
                raise
            raise unreadable(self.config.out) from error
        self.step = self.saved = state.step
        self.pending = list(state.pending)

    def kept(self) -> str:
        """What is left of a training that cannot go on, in words."""
        return f"the state of step {self.saved} is kept" if self.saved else "no state was saved yet"

    def product(self) -> bytes:
        """The checkpoint's file, as ``tools.sam.checkpoint`` reads it.

        Raises:
            RunFailedError: memory ran out.
        """
        decoders = {**self.untrained, **self.decoders}
        with room_for(CPU, f"free some; {self.kept()}"):
            return packed(Checkpoint(self.sizes, self.sam, decoders), half=self.config.half)

    def _base(self) -> Checkpoint:
        if self.config.checkpoint is not None:
            known = digest_of(self.config.checkpoint)
            with unchanged(self.config.checkpoint, known, digest_of):
                base = load(self.config.checkpoint)
            self._refuse_stale(base)
            self.inputs["checkpoint"] = known
            return base
        assert self.config.sizes is not None
        torch.manual_seed(self.config.seed)
        sam = build(self.config.sizes)
        align_attention(sam.mask_decoder)
        return Checkpoint(self.config.sizes, sam)

    def _refuse_stale(self, base: Checkpoint) -> None:
        """Levels' decoders that are not trained would still be asked instead of what is trained."""
        if self.config.levels or not base.decoders:
            return
        why = (
            "would not fit the encoder that is trained"
            if self.config.train == "all"
            else "would be asked instead of the one that is trained"
        )
        raise SettingsError(
            f"{self.config.checkpoint} holds a mask decoder for each of {', '.join(base.decoders)}, which "
            f'{why}; take train = "decoder" with levels = true, or a checkpoint without them'
        )

    def _levels(self) -> tuple[Level, ...]:
        """Those with masks in the data: a decoder without any would be a copy that claims to be trained."""
        if not self.config.levels:
            return ()
        found = self.source.levels()
        if not found:
            raise BadInputError("the data has no mask of any level; give other data, or levels = false")
        return found

    def _notes(self) -> list[str]:
        """What a person should know: levels that are not trained, or not measured."""
        if not self.config.levels:
            return []
        notes = []
        for level in LEVELS:
            if level in self.untrained:
                notes.append(
                    f"no picture has a mask of level {level}: the checkpoint's own decoder stays as it is"
                )
            elif level not in self.decoders:
                notes.append(f"no picture has a mask of level {level}: no decoder for it")
            elif next(self.source.held_out(level), None) is None:
                notes.append(
                    f"level {level} is trained without being measured: too few pictures have a mask of it"
                )
        return notes

    def _modules(self) -> dict[str, torch.nn.Module]:
        """What is trained, by what stands before its names in a checkpoint."""
        if self.config.train == "all":
            return {"": self.sam}
        if self.config.levels:
            return {f"decoder_{level}.": own for level, own in self.decoders.items()}
        return {"mask_decoder.": self.sam.mask_decoder}

    def _targets(self) -> list[tuple[Level | None, MaskDecoder]]:
        return list(self.decoders.items()) or [(None, self.sam.mask_decoder)]

    def _trained(self) -> list[Tensor]:
        modules = self._modules().values()
        wanted: list[Tensor] = [weight for module in modules for weight in module.parameters()]
        for module in (self.sam, *self.decoders.values()):
            module.requires_grad_(False)
        for weight in wanted:
            weight.requires_grad_(True)
        return wanted

    def _check_numbers(self, what: str, values: Tensor) -> None:
        if not torch.isfinite(values.detach()).all():
            step = self.step if what == "weight" else self.step + 1
            raise RunFailedError(f"the {what} is not a number at step {step}; lower `lr`; {self.kept()}")

    def _batch(self, level: Level | None) -> Batch:
        """The pictures of this step."""
        config = self.config
        rng = np.random.default_rng([config.seed, 1 + self.step])
        first = self.step * config.pictures
        examples = [self.source.trained(first + n, level) for n in range(config.pictures)]
        prompts = [draw_prompts(example, config.prompts, rng) for example in examples]
        return batch_of(examples, prompts, self.sam, self.sizes)

    def _losses(self, batch: Batch, decoder: MaskDecoder) -> tuple[Tensor, Tensor]:
        with torch.set_grad_enabled(self.config.train == "all"):
            embeddings = self.sam.image_encoder(batch.pictures)
            tokens = prompt_tokens(self.sam.prompt_encoder, batch)
        logits, said = decode(self.sam, decoder, embeddings, tokens)
        targets = batch.targets()[:, :, None].expand_as(logits)
        masks = best_of_three(mask_loss(logits, targets, self.config.alpha)).mean()
        with torch.no_grad():
            agree = ious(logits.flatten(1, 2), batch.masks).view(*said.shape, -1)
            true = (agree * batch.meant[:, :, None]).amax(-1)
        told = iou_loss(said, true)[have_iou(batch.masks, batch.meant)]
        return masks, told.mean() if len(told) else told.sum()


def learning_rate(step: int, steps: int, warmup: int) -> float:
    """Share of the highest learning rate: up as a line, then down to 0 as half a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def _device(name: str) -> torch.device:
    try:
        return device_of(name)
    except SettingsError as error:
        why, _, _ = str(error).partition(";")
        raise SettingsError(f'{why}; in the configuration take device = "cpu" or "auto"') from error


@contextmanager
def room_for(device: torch.device, mend: str) -> Iterator[None]:
    """Say in one line what to do where memory runs out."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
        if not no_room(error):
            raise
        raise RunFailedError(f"{device} has no memory for this training: {mend}") from error
