"""The evidence of a path, checked: a gold path claims only what is certain."""

from __future__ import annotations

from collections.abc import Iterator, Set

from dtwinseger.eval.scenes.validation.reading import Json, Picture
from dtwinseger.eval.scenes.validation.relating import Truth, between, opposite, related
from dtwinseger.eval.scenes.validation.sorting import places

_WORDS = {1: "true", 0: "undecided", -1: "false"}


def claim_findings(claim: Json, picture: Picture) -> Iterator[str]:
    """Sentences about a claim that is not certain, or that is recorded as something else.

    Raises:
        KeyError: it is about an object that the twin does not hold.
    """
    truth = _truth(claim, picture)
    if truth != 1:
        yield f"the evidence is {_WORDS[truth]}: {_said(claim)}"
    elif claim["verdict"] != "true":
        yield f"the evidence is true but recorded as {claim['verdict']}: {_said(claim)}"


def topic_findings(claim: Json, step: Json, judged: Set[int], anchors: Set[int]) -> Iterator[str]:
    """Sentences about a claim that says nothing about its step.

    Args:
        step: without what denies it.
        judged: the objects that the step judges; ``anchors``: those that it measures them by.
    """
    objects = {claim["index"]} if "index" in claim else set()
    if objects.union(*(claim.get(key, ()) for key in ("to", "among", "of"))) - judged - anchors:
        yield f"the evidence is about objects that the step is not about: {_said(claim)}"
    names = step.get("names", [step["op"]])
    if claim["claim"] == "relation" and claim["name"] not in names:
        yield f"the evidence is about another relation: {_said(claim)}"
    if claim["claim"] == "rank" and [claim["by"], claim["order"]] != [step.get("by"), step.get("order")]:
        yield f"the evidence is about another order: {_said(claim)}"
    if claim["claim"] == "rank" and step["op"] == "rank" and set(claim["among"]) != judged:
        yield f"the evidence is not about all that the step judges: {_said(claim)}"


def _truth(claim: Json, picture: Picture) -> Truth:
    if claim["claim"] == "count":
        return 1 if len(set(claim["of"])) == claim["n"] else -1
    one, to = picture.seen[claim["index"]], [picture.seen[i] for i in claim["to"]]
    if claim["claim"] == "rank":
        among = [picture.seen[i] for i in sorted({*claim["among"], one.index})]
        first, last = places(claim["by"], claim["order"], among, to)[one.index]
        return -1 if not first <= claim["position"] <= last else 1 if first == last else 0
    if claim["name"] == "between":
        found = between(one.shape, to[0].shape, to[1].shape)
        return found if claim["holds"] else opposite(found)
    each = [related(claim["name"], one.shape, other.shape) for other in to]
    return min(each if claim["holds"] else map(opposite, each))


def _said(claim: Json) -> str:
    if claim["claim"] == "count":
        return f"{claim['n']} objects in {claim['of']}"
    if claim["claim"] == "rank":
        return f"{claim['index']} is number {claim['position']} by {claim['by']} among {claim['among']}"
    return f"{claim['index']} {'' if claim['holds'] else 'not '}{claim['name']} {claim['to']}"
