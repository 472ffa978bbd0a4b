"""Words for where things are: relations, places, ranks. Commas part the phrases."""

from __future__ import annotations

from typing import Final

from dtwinseger.agent.symbolic.lexemes import (
    Comparative,
    Distance,
    PartWord,
    Relate,
    SideWord,
    Superlative,
)

RELATIONS: Final[dict[str, Relate]] = {
    """to the left of, left of, on the left of, on the left side of, to the left side of, at the left of,
    at the left side of, on the left hand side of, to the left hand side of, further left than, left from,
    farther left than, more to the left than, in the left of, at left of, on left of, to left of""": Relate(
        ("left_of",)
    ),
    """to the right of, right of, on the right of, on the right side of, to the right side of,
    at the right of, at the right side of, on the right hand side of, to the right hand side of,
    further right than, farther right than, more to the right than, right from, in the right of, at right of,
    on right of, to right of""": Relate(("right_of",)),
    """to the left and right of, left and right of, on either side of, on both sides of, to either side of,
    at either side of, either side of, both sides of, to the right and left of,
    to the left and to the right of, on the left and right of""": Relate(("left_of", "right_of")),
    "above, over, higher than, higher up than, up above, further up than": Relate(("above",)),
    "below, lower than, lower down than, down below, further down than": Relate(("below",)),
    "under, beneath, underneath, underneath of": Relate(("under",), ("below",)),
    "inside, inside of, within, contained in, enclosed by, enclosed in, surrounded by, encircled by": Relate(
        ("inside",)
    ),
    "in, into": Relate(("inside",), ("overlapping", "on")),
    """surrounding, around, containing, contains, contain, surrounds, surround, enclosing, encloses,
    encircling, framing""": Relate(("surrounding",)),
    "overlapping, overlaps, overlap, overlapping with, overlaps with, overlap with": Relate(("overlapping",)),
    """touching, touches, touch, in contact with, against, leaning on, leaning against, attached to,
    connected to, bordering, meeting""": Relate(("touching",)),
    """near, near to, next to, beside, by, close to, nearby, adjacent to, alongside, close by, right next to,
    by the side of, right by, right beside, neighbouring, neighboring, in the vicinity of,
    standing by, accompanied by, accompanying""": Relate(("near",)),
    "on, on top of, atop, upon, onto, up on": Relate(("on", "inside")),
    "riding, rides, riding on, riding a top, mounted on": Relate(("on",), ("touching",), lossy=True),
    "holding, carrying, holds, carries, grabbing, gripping, pulling, pushing, using, hugging": Relate(
        ("touching", "overlapping", "surrounding"), lossy=True
    ),
    "held by, carried by, touched by, ridden by, used by, worn by, held in, pulled by": Relate(
        ("touching", "overlapping", "inside"), lossy=True
    ),
    "wearing, wears, dressed in": Relate(("surrounding", "overlapping", "touching"), lossy=True),
    """to its left, on its left, on its left side, to their left, on their left, to his left, on his left,
    to her left""": Relate(("left_of",), pronoun=True),
    """to its right, on its right, on its right side, to their right, on their right, to his right,
    on his right, to her right""": Relate(("right_of",), pronoun=True),
    "by its side, at its side": Relate(("near",), pronoun=True),
}
"""``on`` and ``inside`` of a thing are one to people: a bowl on a table lies within its outline."""

SIDES: Final[dict[str, SideWord]] = {
    "left, left hand, leftward": SideWord("left"),
    "right, right hand, rightward": SideWord("right"),
    "top, upper": SideWord("top"),
    "bottom, lower": SideWord("bottom"),
    "middle, center, centre, central, mid": SideWord("center"),
}

PARTS: Final[dict[str, PartWord]] = {
    "half": PartWord("half"),
    "side, part, third, portion, area, region, section, end": PartWord("third"),
    "edge, border, margin, edges, borders, boundary": PartWord("edge"),
    "row, line": PartWord("row"),
    "column": PartWord("column"),
}
"""Only after a side word ("the left part"), or alone for edges: elsewhere some are other words."""

SUPERLATIVES: Final[dict[str, Superlative]] = {
    "largest, biggest, greatest, hugest, most sizable": Superlative("area", "descending"),
    "smallest, littlest, tiniest": Superlative("area", "ascending"),
    "widest, broadest, fattest, wide, broad": Superlative("width", "descending"),
    "narrowest, thinnest, slimmest, skinniest": Superlative("width", "ascending"),
    "tallest, tall": Superlative("height", "descending"),
    "shortest, short": Superlative("height", "ascending"),
    "longest": Superlative("length", "descending"),
    "brightest, lightest, palest, whitest": Superlative("lightness", "descending"),
    "darkest, dimmest, blackest": Superlative("lightness", "ascending"),
    """leftmost, left most, furthest left, farthest left, furthest to the left, farthest to the left,
    most to the left, most left, most leftward, closest to the left, nearest to the left, far left,
    furthest on the left, farthest on the left, extreme left, further left, farther left, further to the left,
    farther to the left, more to the left, more left, closer to the left""": Superlative("x", "ascending"),
    """rightmost, right most, furthest right, farthest right, furthest to the right, farthest to the right,
    most to the right, most right, closest to the right, nearest to the right, far right,
    furthest on the right, farthest on the right, extreme right, further right, farther right,
    further to the right, farther to the right, more to the right, more right,
    closer to the right""": Superlative("x", "descending"),
    """highest, topmost, uppermost, top most, upper most, furthest up, highest up, closest to the top,
    nearest to the top, nearest the top, further up, higher up, farther up""": Superlative("y", "ascending"),
    """lowest, bottommost, lowermost, bottom most, lower most, furthest down, lowest down,
    closest to the bottom, nearest to the bottom, nearest the bottom, further down,
    farther down, lower down""": Superlative("y", "descending"),
}

COMPARATIVES: Final[dict[str, Comparative]] = {
    "larger, bigger, greater": Comparative("area", "descending"),
    "smaller, littler, tinier": Comparative("area", "ascending"),
    "wider, broader": Comparative("width", "descending"),
    "narrower, thinner": Comparative("width", "ascending"),
    "taller": Comparative("height", "descending"),
    "shorter": Comparative("height", "ascending"),
    "longer": Comparative("length", "descending"),
    "higher, upper one": Comparative("y", "ascending"),
    "brighter, lighter": Comparative("lightness", "descending"),
    "darker": Comparative("lightness", "ascending"),
}

DISTANCES: Final[dict[str, Distance]] = {
    "closest, nearest, closer, nearer": Distance("ascending"),
    """farthest, furthest, farthest away from, furthest away from, most distant, most distant from,
    farther from, further from, farther away from, further away from, farther, further""": Distance(
        "descending"
    ),
}
