"""The first criteria of a program: what kind of thing is asked for, by name, use, state or looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dtwinseger.eval.scenes.asking.facts import LIVING
from dtwinseger.eval.scenes.asking.naming import Namer, shades
from dtwinseger.eval.scenes.asking.nouns import ASKED_PARTS
from dtwinseger.eval.scenes.asking.planning import Plan
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, PartOf, Program, Step, Use
from dtwinseger.eval.scenes.asking.proposing import Proposer
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import COLLECTIVES, is_plural
from dtwinseger.eval.scenes.states import STATE_QUESTIONS, StateQuestion


@dataclass(frozen=True, eq=False)
class Beginner:
    """Begins programs over one view.

    Attributes:
        namers: by whether they may name kinds.
    """

    view: View
    rng: np.random.Generator
    namers: Mapping[bool, Namer]

    def begun(self, plan: Plan) -> tuple[Step, ...] | None:
        """What kind of thing is meant; nothing yet where kinds are not named."""
        if plan.sort == "use":
            return self._use()
        if plan.sort == "state":
            return self._state()
        if plan.level == "part":
            return self._part(plan)
        if plan.level == "group":
            return self._group(plan)
        if plan.sort == "explicit" and plan.named and plan.criteria > 1 and self.rng.random() < 0.12:
            return self._beside_anything(plan)
        if not plan.named:
            looks = self._looks()
            return None if looks is None else (looks,)
        return (self._kind(plan),)

    def _beside_anything(self, plan: Plan) -> tuple[Step, ...] | None:
        """Whatever stands in a relation to something: "What is on the plate?"."""
        proposer = Proposer(self.view, self.rng, self.namers[True])
        things = tuple(i for i in self.view.twin.active if i not in self.view.surfaces)
        step = proposer.step("related", things, plan.criteria)
        return None if step is None else (step,)

    def _kind(self, plan: Plan) -> Kind:
        there = [self.view.label(i) for i in self.view.twin.active if i not in self.view.surfaces]
        labels = there
        if plan.criteria > 1 or plan.answers == "several":
            # Kinds of which there are several leave something to decide.
            labels = [label for label in labels if labels.count(label) > 1] or labels
        label = labels[int(self.rng.integers(len(labels)))]
        for collective in COLLECTIVES:
            fitting = label in collective.kinds and not collective.disputed & {*there}
            if fitting and self.rng.random() < 0.25:
                return Kind(tuple(sorted(collective.kinds)))
        return Kind((label,))

    def _looks(self) -> Step | None:
        fitting = [
            i
            for i in self.view.twin.active
            if i not in self.view.surfaces and self.view.label(i) not in LIVING
        ]
        colours = [self.view.words(i, "colors")[0].split()[-1] for i in fitting]
        # Colours of several things leave something to decide.
        colours = [c for c in colours if colours.count(c) > 1] or colours
        textures = [t for i in fitting for t in self.view.words(i, "texture") if t != "plain"]
        if textures and self.rng.random() < 0.25:
            return Attribute("texture", (textures[int(self.rng.integers(len(textures)))],))
        return shades(colours[int(self.rng.integers(len(colours)))]) if colours else None

    def _use(self) -> tuple[Step, ...] | None:
        labels = {self.view.label(i) for i in self.view.twin.active}
        uses = sorted(u for u, known in USES.items() if labels & known.kinds and not labels & known.disputed)
        return (Use(uses[int(self.rng.integers(len(uses)))]),) if uses else None

    def _state(self) -> tuple[Step, ...] | None:
        there = self.stated
        if not there:
            return None
        question = there[int(self.rng.integers(len(there)))]
        return Kind((question.kind,)), Attribute("state", (question.state,))

    @cached_property
    def stated(self) -> tuple[StateQuestion, ...]:
        """States that some things of a kind are in and others of that kind are not."""

        def states(question: StateQuestion) -> list[bool]:
            held = [i for i in self.view.twin.active if self.view.label(i) == question.kind]
            return [question.state in self.view.words(i, "state") for i in held]

        return tuple(question for question in STATE_QUESTIONS if len({*states(question)}) == 2)

    def _part(self, plan: Plan) -> tuple[Step, ...] | None:
        view = self.view
        parts = [i for i in view.twin.active if view.object(i).level == "part"]
        objects = {view.label(i) for i in view.twin.active if view.object(i).level == "object"}
        parts = [i for i in parts if view.label(i) in ASKED_PARTS - objects]
        if not parts:
            return None
        part = parts[int(self.rng.integers(len(parts)))]
        whole = view.object(part).parent
        assert whole is not None
        kind, label = Kind((view.label(part),)), Kind((view.label(whole),))
        if plan.criteria < 2:
            return None if is_plural(kind.labels[0]) else (kind,)
        if self.rng.random() < 0.15:
            return (kind, PartOf(Program(view.twin.granularity, (label,))))
        to = self.namers[True].anchor(whole, plan.criteria - 1)
        return None if to is None else (kind, PartOf(to))

    def _group(self, plan: Plan) -> tuple[Step, ...] | None:
        view = self.view
        groups = [i for i in view.twin.active if view.object(i).level == "group"]
        if not groups:
            return None
        if plan.criteria == 1 or plan.answers == "none" or self.rng.random() < 0.4:
            return (Kind((view.label(groups[int(self.rng.integers(len(groups)))]),)),)
        # Something beside a group: no kind that its members are of, as the view does not show these.
        inside = {word for i in groups for word in view.label(i).replace("books", "book").split()}
        inside |= {"plate", "tree", "car", "balloon", "bird", "book"}
        labels = [view.label(i) for i in view.twin.active if i not in view.surfaces]
        labels = [label for label in labels if label not in inside and " of " not in label]
        if not labels:
            return None
        kind = Kind((labels[int(self.rng.integers(len(labels)))],))
        proposer = Proposer(view, self.rng, self.namers[True])
        group = groups[int(self.rng.integers(len(groups)))]
        step = proposer.relater.beside(group, plan.criteria - 1)
        return None if step is None else (kind, step)
