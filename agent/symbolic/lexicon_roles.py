"""The small words and what each does in a query. Commas part the phrases."""

from __future__ import annotations

from typing import Final

from dtwinseger.agent.symbolic.lexemes import Role

ROLES: Final[dict[Role, str]] = {
    "filler": """
        please, kindly, mean, halfway, midway, completely, entirely, totally, fully, show, show me, find,
        find me, segment, select, mark, highlight, locate, identify, pick, pick out, point out, point at,
        point to, give, give me, tell me, get, detect, outline, extract, circle the, circle all, spot the,
        spot all, cut out, return, choose, grab, draw, trace, look for, looking for, search for, searching
        for, can, could, would, will, should, must, may, might, you, i, me, my, we, us, am, want, want to,
        need, need to, like to, like, love, trying to, interested in, see, let, do, does, did, there, where,
        what, how many, name, just, only the, really, very, quite, rather, mostly, mainly, also, then, so,
        whichever, this, these, those, here, now, mask, masks, the mask of, the masks of, mask of, masks of,
        coloured, colored, in colour, in color, colour, color, sized, size, in size, shaped, in shape,
        toned, kind of, sort of, type of, shown, visible, located, placed, positioned, situated, found,
        seen, depicted, pictured, ok, okay, hi, hello, hey, thanks, thank you, group of, pair of, a pair of,
        pairs of, piece of, pieces of, set of, bunch of, herd of, flock of, stack of, pile of, a couple of,
        trio of, duo of, out, some of, in the picture, in the image, in the photo, in the scene, in this
        picture, in this image, in this photo, in this scene, in the photograph, of the picture, of the
        image, of the photo, of the scene, in picture, in image, on the picture, on the image, on the photo,
        in the frame, in view, in sight, from the image, from the picture, in the whole picture, in the
        whole image, to me, for me, in terms of size, by area, by size, own, single, itself, fetch, fetch
        me, and leave everything else as it is, bring, bring me, hand me, pass me, nothing else, and nothing
        else, nothing more, which one is it, which is it, which ones are they, which are they, where is it,
        where are they, all of them, asked me to, asked to, somebody asked me to, someone asked me to, have
        a look and, take a look and, look closely and, take, have a look at the picture and, have a close
        look at the picture and, look at the picture and, take a look at the picture and, take a close look
        at the picture and, have a look at the image and, look closely at the picture and, look at the image
        and, look at the photo and""",
    "the": "the, its, their, his, her",
    "a": "a, an, some, any one of, another",
    "copula": "is, are, was, were, be, being, that, which, 's, that's, looks, look, appears, appear",
    "who": "who, whom",
    "other": "other, others, remaining, rest",
    "one": "one, ones",
    "picture": """
        picture, image, photo, photograph, scene, frame, shot, screenshot, painting, drawing, snapshot,
        pic, whole picture, whole image, view""",
    "and": "and, as well as, plus, together with, along with",
    "or": "or, and or",
    "not": "not, never, cannot, non, neither, nor, or not, and neither, and non",
    "except": """
        except, except for, excluding, but for, other than, apart from, aside from, save for, minus,
        leaving out, leave out, ignore, disregard, not counting, with the exception of, besides, ignoring""",
    "but": "but",
    "and not": "and not, but not",
    "with": "with, has, have, had, having",
    "without": """
        without, with no, not with, with none of, lacking, that has no, that have no, which has no, which
        have no, has no, have no, that does not have, that do not have, which does not have, does not
        have, do not have, having no, not having, without any, with no other""",
    "it": "it, themselves, each other, one another, him, them, they, he, she",
    "of": "of, among, amongst, out of",
    "from": """
        from, counting from, counted from, starting from, starting at, when counting from, if counted from""",
    "to": "to",
    "at": "at",
    "than": "than",
    "as": "as",
    "same": "same, identical",
    "between": "between, in between, in the middle of the two, sandwiched between, flanked by",
    "depth": """
        behind, in front of, in the foreground, in the background, foreground, background, in the front,
        in the back, at the front, at the back, at the rear, front, back, rear, in front, in the distance,
        distant, far away, further away, farther away, to the camera, from the camera, to the viewer, from
        the viewer, deeper, frontmost, hindmost, in back of, closer to the camera, closest to the camera,
        nearest to the camera, nearest the camera, farthest from the camera, furthest from the camera,
        closest to the viewer, closest to us, farthest away, furthest away, foremost, furthest back,
        farthest back""",
    "posture": """
        sitting, standing, held, lying, laying, resting, sits, stands, lies, rests, seated, parked,
        hanging, sleeping, walking, lain, set, put, sit, stand, lie, floating, swimming, flying, grazing,
        perched, running, playing, waiting, posing, leaning""",
    "reaching": """
        cut off by, cut by, cropped by, cut off at, running off, runs off, going off, goes off, reaching,
        reaches, along""",
    "directly": "directly, immediately, straight",
    "corner": "corner, corners",
    "far": "far, extreme, very far",
    "at least": "at least, no fewer than, no less than",
    "at most": "at most, no more than, up to",
    "more than": "more than, over than",
    "fewer than": "fewer than, less than",
    "exactly": "exactly, precisely",
    "only": "only",
    "if": "if, when, whenever, in case, given that, provided that, assuming, assuming that, suppose",
    "else": "otherwise, else, or else, if not, and otherwise",
}

GENERIC: Final = """
        thing, object, region, area, item, part, shape, entity, element, stuff, piece, instance, patch,
        blob, spot, surface"""
GENERIC_PLURAL: Final = """
        everything, something, anything, things, objects, regions, areas, items, parts, shapes, segments,
        entities, elements, pieces, instances, anything else, everything else, all else, all things, all
        objects, patches, blobs, spots, surfaces"""
THINGS: Final = frozenset("thing things object objects item items something entity entities".split())
"""Of the generic words those that mean things: no sky, no lawn, no wall."""
AREAS: Final = frozenset(
    """region regions area areas part parts shape shapes segments stuff piece pieces patch patches blob blobs
    spot spots surface surfaces""".split()
)
"""Those that may mean either."""

QUANTITIES: Final = {
    "all": "all, all of, all the, each, every, each of, every one of, each one of, all those, all these",
    "both": "both, both of, both the",
    "any": "any, either, either of, any of",
}

NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve".split()
ORDINALS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
OTHER_ORDINALS: Final = {
    -1: "last, very last, final",
    -2: """
        second to last, second last, next to last, penultimate, last but one, one before the last, second
        from last""",
    2: "but one, number two, number 2",
    3: "but two, number three, number 3",
    1: "number one, number 1",
    4: "number four, number 4",
    5: "number five, number 5",
    -3: "third to last, third last, last but two, third from last, antepenultimate",
}
