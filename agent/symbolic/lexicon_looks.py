"""Words for how things look: colours, shades, sizes, shapes, textures. Commas part the phrases."""

from __future__ import annotations

from typing import Final

from dtwinseger.agent.symbolic.lexemes import ColourWord, LookWord, SizeAdjective, Words, phrases

COLOURS: Final = (
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
)  # fmt: skip
"""The basic terms, as the tagger names them."""

SHADES: Final = {
    "light": "light",
    "pale": "light",
    "bright": "light",
    "pastel": "light",
    "dark": "dark",
    "deep": "dark",
}
"""Before a colour, which of its shades is meant."""

_OTHER_COLOURS: Final = {
    "red": "crimson, scarlet, ruby, cherry, reddish, vermilion, brick red, blood red",
    "dark red": "maroon, burgundy, wine red, oxblood",
    "orange": "orangish, amber, tangerine, rusty, copper, apricot",
    "yellow": "yellowish, lemon, mustard, golden yellow",
    "green": "greenish, emerald, jade, teal, grass green",
    "light green": "lime, lime green, mint",
    "dark green": "olive, olive green, khaki, forest green",
    "blue": "bluish, cobalt, azure, royal blue, cyan, turquoise, aqua, aquamarine",
    "light blue": "sky blue, baby blue, powder blue",
    "dark blue": "navy, navy blue, midnight blue",
    "purple": "violet, purplish, lilac, lavender, mauve, plum, indigo",
    "pink": "magenta, pinkish, rose, rosy, salmon, fuchsia",
    "brown": "brownish, wooden, bronze, chestnut, coffee coloured",
    "light brown": "tan, sandy, sand coloured, fawn",
    "dark brown": "chocolate, chocolate brown",
    "white": "cream, ivory, whitish, off white, snow white, snowy",
    "gray": "grayish, greyish, steel",
    "dark gray": "charcoal, slate",
    "black": "blackish, jet black, pitch black, ebony",
}
"""Words that say more than the term that they are read as, which is noted."""


_SEVERAL: Final = {
    "ginger": ("orange", "brown"),
    "golden": ("yellow", "brown", "orange"),
    "gold": ("yellow", "brown", "orange"),
    "rust": ("orange", "brown"),
    "terracotta": ("orange", "brown", "red"),
    "silver": ("gray", "white"),
    "silvery": ("gray", "white"),
    "metallic": ("gray", "white"),
    "beige": ("brown", "yellow", "white"),
    "mud": ("brown",),
    "muddy": ("brown",),
    "caramel": ("brown", "orange"),
    "blond": ("yellow", "brown"),
    "blonde": ("yellow", "brown"),
    "auburn": ("brown", "red"),
    "tawny": ("brown", "orange"),
}
"""Words whose colour is now one term, now another."""


def _colour(name: str, *, lossy: bool) -> ColourWord:
    shade, _, term = name.rpartition(" ")
    return ColourWord((term,), shade or None, lossy)


COLOUR_WORDS: Final[dict[Words, ColourWord]] = {
    **{(name,): ColourWord((name,)) for name in COLOURS},
    ("grey",): ColourWord(("gray",)),
    **{(word,): ColourWord(names, None, lossy=True) for word, names in _SEVERAL.items()},
    **{words: _colour(name, lossy=True) for name, text in _OTHER_COLOURS.items() for words in phrases(text)},
}

SIZE_WORDS: Final[dict[str, SizeAdjective]] = {
    "tiny, minuscule, minute, teeny, itty bitty": SizeAdjective(("tiny",), "ascending"),
    "small, little, smallish, miniature, mini": SizeAdjective(("tiny", "small"), "ascending"),
    "medium, middle sized, medium sized, mid sized": SizeAdjective(("medium",), None),
    "large, big, sizable, sizeable, largish, biggish": SizeAdjective(("large", "huge"), "descending"),
    "huge, enormous, gigantic, giant, massive, immense, vast": SizeAdjective(("huge",), "descending"),
}

_LOOKS: Final[dict[tuple[str, tuple[str, ...]], str]] = {
    ("brightness", ("bright",)): "gleaming, shining, luminous, glowing, sunlit, bright, light, pale",
    ("brightness", ("dark",)): "dark, dim, shadowy, gloomy, darkish, unlit",
    ("shape", ("round",)): """
        round, circular, roundish, rounded, oval, elliptical, circle, ball, spherical, disc, disk, ring""",
    ("shape", ("square",)): "square, squarish, boxy",
    ("shape", ("square", "long")): "rectangular, oblong",
    ("shape", ("long",)): "long, elongated, stretched, lengthy",
    ("shape", ("thin",)): "thin, slim, slender, narrow, skinny, slight",
    ("orientation", ("upright",)): "upright, vertical",
    ("orientation", ("flat",)): "horizontal",
    ("shape", ("irregular",)): "irregular, irregularly, jagged, odd, misshapen, ragged",
    ("texture", ("plain",)): "plain, smooth, uniform, flat, uniformly, evenly, untextured, even",
    ("texture", ("striped",)): "striped, stripy, stripey, banded, with stripes, with a striped pattern",
    ("texture", ("spotted",)): """
        spotted, spotty, dotted, speckled, dappled, polka dot, polka dotted, with spots, with dots,
        freckled""",
    ("texture", ("rough",)): "rough, textured, bumpy, coarse, grainy, furry, fuzzy, grassy, shaggy",
    ("texture", ("checked",)): """
        checked, checkered, chequered, checkerboard, plaid, tartan, with checks, with a checked pattern""",
    ("texture", ("striped", "spotted", "checked")): "patterned",
}
LOOK_WORDS: Final[dict[Words, LookWord]] = {
    words: LookWord(*meaning) for meaning, text in _LOOKS.items() for words in phrases(text)
}
"""What the tagger measures. ``light`` and ``dark`` before a colour are its shade."""

OWN_WORDS: Final[dict[tuple[str, str], tuple[Words, ...]]] = {
    (key, value): tuple(phrases(text))
    for key, values in {
        "material": {
            "wood": "wooden, timber",
            "metal": "metallic, steel, iron",
            "leather": "leathery",
            "rubber": "rubbery",
            "ceramic": "porcelain, china",
            "fabric": "cloth, textile",
            "wax": "waxen",
            **dict.fromkeys(("glass", "plastic", "paper", "stone", "clay", "cardboard"), ""),
        },
        "state": {
            "lit": "burning, alight, switched on, turned on, with its headlights on, "
            "with their headlights on",
            "unlit": "switched off, turned off, with its headlights off, with their headlights off",
            "full": "filled",
            "empty": "",
            "open": "opened",
            "closed": "shut",
        },
    }.items()
    for value, text in values.items()
}
"""Materials and states with other words for them, used where a twin speaks of materials, or of states."""
