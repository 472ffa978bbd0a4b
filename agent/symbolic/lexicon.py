"""The words of the lexicon, apart from those that name kinds of things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dtwinseger.agent.symbolic.lexemes import (
    ColourWord,
    Comparative,
    Distance,
    Lexeme,
    Number,
    Ordinal,
    PartWord,
    Plain,
    Quantity,
    Relate,
    Role,
    ShadeWord,
    SideWord,
    SizeAdjective,
    Superlative,
    Words,
)

COLOURS: Final = (
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
)  # fmt: skip

_ROLES: Final[dict[Role, str]] = {
    "filler": "please, show, show me, find, find me, segment, select, mark, highlight, locate, identify, "
    "pick, "
    "pick out, point out, give, give me, tell me, get, detect, outline, extract, can, could, would, you, "
    "i, me, "
    "my, we, us, want, want to, need, like to, see, let, do, does, there, where, what, what's, how many, "
    "just, "
    "really, very, quite, also, then, so, whichever, this, these, those, here, now, mask, masks, "
    "the mask of, "
    "the masks of, mask of, masks of, coloured, colored, in colour, in color, colour, color, sized, size, "
    "in size, "
    "hand, kind of, shown, visible, located, placed, positioned, situated, found, seen, depicted, pictured, "
    "ok, okay, hi, hello, thanks, thank you, them, group of, pair of, set of, bunch of, "
    "out, some of, i'd, in the picture, in the image, in the photo, in the scene, in this picture, "
    "in this image, in this photo, in this scene, in the photograph, of the picture, of the image, "
    "of the photo, "
    "of the scene, in picture, in image, on the picture, on the image, on the photo, in the frame, in view, "
    "from the image, from the picture, in the whole picture, in the whole image",
    "the": "the, its, their, his, her",
    "a": "a, an, some, any one of, another",
    "copula": "is, are, was, were, be, being, that, which, 's, that's",
    "who": "who, whom",
    "other": "other",
    "one": "one, ones",
    "picture": "picture, image, photo, photograph, scene, frame, shot, screenshot, whole picture, "
    "whole image, "
    "view",
    "and": "and, as well as, plus, together with, along with",
    "or": "or, and or",
    "not": "not, never, cannot, non, neither, nor, or not, and neither, and non",
    "except": "except, except for, excluding, but not, but for, other than, apart from, aside from, and not, "
    "save for, "
    "minus, leaving out, with the exception of",
    "but": "but",
    "with": "with, has, have, had, having",
    "without": "without, with no, not with, with none of, lacking, that has no, that have no, which has no, "
    "which have no, has no, have no",
    "it": "it, itself, themselves, each other, one another",
    "of": "of, among, amongst",
    "from": "from, counting from, counted from, starting from, starting at",
    "to": "to",
    "at": "at",
    "than": "than",
    "between": "between, in between, in the middle of the two",
    "depth": "behind, in front of, in the foreground, in the background, foreground, background, "
    "in the front, "
    "in the back, at the front, at the back, at the rear, front, back, rear, in front, in the distance, "
    "distant, "
    "far away, further away, farther away, to the camera, from the camera, to the viewer, "
    "from the viewer, closer, "
    "nearer, farther, deeper, frontmost, hindmost, in back of, closer to the camera, closest to the camera, "
    "nearest to the camera, nearest the camera, farthest from the camera, furthest from the camera, "
    "closest to the viewer, closest to us, farthest away, furthest away, foremost, furthest back, "
    "farthest back",
    "posture": "sitting, standing, lying, laying, resting, sits, stands, lies, rests, seated, parked, "
    "hanging, sleeping, "
    "walking, lain, set, put, sit, stand, lie",
    "corner": "corner, corners",
    "far": "far, extreme, very far",
    "at least": "at least, no fewer than, no less than",
    "at most": "at most, no more than, up to",
    "more than": "more than, over than",
    "fewer than": "fewer than, less than",
    "exactly": "exactly, precisely",
    "only": "only",
}
_GENERIC: Final = "thing, object, region, area, item, part, shape, entity, element, stuff, piece, instance"
_GENERIC_PLURAL: Final = (
    "everything, something, anything, things, objects, regions, areas, items, parts, shapes, segments, "
    "entities, "
    "elements, pieces, instances, all things, all objects, everything else"
)

_RELATIONS: Final[dict[str, Relate]] = {
    "to the left of, left of, on the left of, on the left side of, to the left side of, at the left of, "
    "at the left side of, on the left hand side of, to the left hand side of, further left than, "
    "farther left than, left from, in the left of, at left of, on left of, "
    "to left of": Relate(("left_of",)),
    "to the right of, right of, on the right of, on the right side of, to the right side of, "
    "at the right of, "
    "at the right side of, on the right hand side of, to the right hand side of, further right than, "
    "farther right than, right from, in the right of, at right of, on right of, "
    "to right of": Relate(("right_of",)),
    "above, over, higher than, higher up than, up above": Relate(("above",)),
    "below, lower than, lower down than, down below": Relate(("below",)),
    "under, beneath, underneath, underneath of": Relate(("under",), ("below",)),
    "inside, inside of, within, contained in, enclosed by, enclosed in, surrounded by": Relate(("inside",)),
    "in, into": Relate(("inside",), ("overlapping", "on")),
    "surrounding, around, containing, contains, contain, surrounds, surround, enclosing, encloses": Relate(
        ("surrounding",)
    ),
    "overlapping, overlaps, overlap, overlapping with, overlaps with, overlap with": Relate(("overlapping",)),
    "touching, touches, touch, in contact with, against, leaning on, leaning against": Relate(("touching",)),
    "near, near to, next to, beside, by, close to, nearby, adjacent to, alongside, close by, right next to, "
    "by the side of, right by, right beside": Relate(("near",)),
    "on, on top of, atop, upon, onto, up on": Relate(("on", "inside")),
    "riding, rides, riding on, riding a top": Relate(("on",), ("touching",), lossy=True),
    "holding, carrying, holds, carries, touched by, grabbing": Relate(
        ("touching", "overlapping"), lossy=True
    ),
    "to its left, on its left, on its left side, left of it, to the left of it, on the left of it": Relate(
        ("left_of",), pronoun=True
    ),
    "to its right, on its right, on its right side, right of it, to the right of it, "
    "on the right of it": Relate(("right_of",), pronoun=True),
    "in it, inside it, inside of it, in them, within it": Relate(("inside",), pronoun=True),
    "on it, on top of it, on them, upon it": Relate(("on", "inside"), pronoun=True),
    "above it, over it": Relate(("above",), pronoun=True),
    "below it": Relate(("below",), pronoun=True),
    "under it, beneath it, underneath it": Relate(("under",), ("below",), pronoun=True),
    "next to it, beside it, near it, by it, close to it, by its side, at its side, next to them": Relate(
        ("near",), pronoun=True
    ),
    "around it": Relate(("surrounding",), pronoun=True),
    "touching it": Relate(("touching",), pronoun=True),
}

_SIZES: Final[dict[str, SizeAdjective]] = {
    "tiny, minuscule, minute": SizeAdjective(("tiny",), "ascending"),
    "small, little": SizeAdjective(("tiny", "small"), "ascending"),
    "medium, middle sized, medium sized": SizeAdjective(("medium",), None),
    "large, big": SizeAdjective(("large", "huge"), "descending"),
    "huge, enormous, gigantic, giant": SizeAdjective(("huge",), "descending"),
}

_SIDES: Final[dict[str, SideWord]] = {
    "left, left hand, leftward": SideWord("left"),
    "right, right hand, rightward": SideWord("right"),
    "top, upper": SideWord("top"),
    "bottom, lower": SideWord("bottom"),
    "middle, center, centre, central, mid": SideWord("center"),
}

_PARTS: Final[dict[str, PartWord]] = {
    "half": PartWord("half"),
    "side, part, third, portion, area, region, section, end": PartWord("third"),
    "edge, border, margin, edges, borders, boundary": PartWord("edge"),
}

_SUPERLATIVES: Final[dict[str, Superlative]] = {
    "largest, biggest, greatest, hugest": Superlative("area", "descending"),
    "smallest, littlest, tiniest": Superlative("area", "ascending"),
    "widest, broadest": Superlative("width", "descending"),
    "narrowest, thinnest": Superlative("width", "ascending"),
    "tallest": Superlative("height", "descending"),
    "shortest": Superlative("height", "ascending"),
    "leftmost, left most, furthest left, farthest left, furthest to the left, farthest to the left, "
    "most to the left, "
    "most left, most leftward, closest to the left, nearest to the left, far left": Superlative(
        "x", "ascending"
    ),
    "rightmost, right most, furthest right, farthest right, furthest to the right, farthest to the right, "
    "most to the right, most right, closest to the right, nearest to the right, far right": Superlative(
        "x", "descending"
    ),
    "highest, topmost, uppermost, top most, upper most, furthest up, highest up, closest to the top, "
    "nearest to the top, nearest the top": Superlative("y", "ascending"),
    "lowest, bottommost, lowermost, bottom most, lower most, furthest down, lowest down, "
    "closest to the bottom, "
    "nearest to the bottom, nearest the bottom": Superlative("y", "descending"),
}

_COMPARATIVES: Final[dict[str, Comparative]] = {
    "larger, bigger, greater": Comparative("area", "descending"),
    "smaller, littler, tinier": Comparative("area", "ascending"),
    "wider, broader": Comparative("width", "descending"),
    "narrower, thinner": Comparative("width", "ascending"),
    "taller": Comparative("height", "descending"),
    "shorter": Comparative("height", "ascending"),
    "higher, upper one": Comparative("y", "ascending"),
}

_COLOURS: Final[dict[str, ColourWord]] = {
    **{name: ColourWord(name) for name in COLOURS},
    "grey": ColourWord("gray"),
    **{
        word: ColourWord(name, lossy=True)
        for word, name in {
            "violet": "purple", "navy": "blue", "cyan": "blue", "azure": "blue", "turquoise": "blue",
            "teal": "green",
            "crimson": "red", "scarlet": "red", "golden": "yellow", "gold": "yellow", "silver": "gray",
            "silvery": "gray", "tan": "brown", "beige": "brown", "cream": "white", "ivory": "white",
            "magenta": "pink", "lime": "green", "reddish": "red", "greenish": "green", "bluish": "blue",
            "yellowish": "yellow", "brownish": "brown", "whitish": "white", "grayish": "gray",
            "greyish": "gray",
            "pinkish": "pink", "purplish": "purple", "blackish": "black",
        }.items()
    },
}  # fmt: skip

_NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def _expanded(rows: Mapping[str, Lexeme]) -> dict[Words, Lexeme]:
    return {tuple(phrase.split()): lexeme for text, lexeme in rows.items() for phrase in text.split(", ")}


LEXICON: Final[dict[Words, Lexeme]] = {
    **{
        tuple(phrase.split()): Plain(role)
        for role, text in _ROLES.items()
        for phrase in text.split(", ")
        if phrase
    },
    **{(word,): Plain("generic") for word in _GENERIC.split(", ")},
    **{tuple(phrase.split()): Plain("generic", plural=True) for phrase in _GENERIC_PLURAL.split(", ")},
    (",",): Plain("comma"),
    **_expanded(_RELATIONS),
    **_expanded(_SIDES),
    **_expanded(_SIZES),
    **_expanded(_SUPERLATIVES),
    **_expanded(_COMPARATIVES),
    **{(word,): colour for word, colour in _COLOURS.items()},
    ("light",): ShadeWord(("bright",)),
    ("bright",): ShadeWord(("bright",)),
    ("pale",): ShadeWord(("bright",)),
    ("dark",): ShadeWord(("dark",)),
    ("all",): Quantity("all"),
    ("all", "of"): Quantity("all"),
    ("all", "the"): Quantity("all"),
    ("each",): Quantity("all"),
    ("every",): Quantity("all"),
    ("both",): Quantity("all", 2),
    ("both", "of"): Quantity("all", 2),
    ("any",): Quantity("any"),
    ("either",): Quantity("any"),
    ("either", "of"): Quantity("any"),
    **{(word,): Number(n) for n, word in enumerate(_NUMBERS, 1) if n > 1},
    ("a", "single"): Number(1),
    **{(word,): Ordinal(n) for n, word in enumerate(_ORDINALS, 1)},
    **{(f"{n}{suffix}",): Ordinal(n) for n in range(1, 31) for suffix in ("st", "nd", "rd", "th")},
    ("last",): Ordinal(-1),
    ("closest",): Distance("ascending"),
    ("nearest",): Distance("ascending"),
    ("farthest",): Distance("descending"),
    ("furthest",): Distance("descending"),
    ("farthest", "away", "from"): Distance("descending"),
    ("furthest", "away", "from"): Distance("descending"),
    ("most", "distant"): Distance("descending"),
}

PART_WORDS: Final[dict[Words, Lexeme]] = _expanded(_PARTS)
"""Only after a side word ("the left part"), or alone for edges: elsewhere some are other words."""

LONGEST: Final = max(map(len, LEXICON))
