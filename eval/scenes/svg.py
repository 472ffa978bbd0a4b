"""A scene as SVG text: once as it looks, and once with every part in a flat colour that is its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.grain import SIDE, wood_tile
from dtwinseger.eval.scenes.model import Detail, Form, Paint, Part, Pattern, Scene, Shadow

_STOPS: Final[Mapping[Form, tuple[tuple[float, float], ...]]] = {
    "flat": ((0, 0.0), (1, 0.0)),
    "upright": ((0, -0.22), (0.28, 0.16), (0.45, 0.05), (1, -0.30)),
    "lying": ((0, 0.12), (0.3, 0.14), (1, -0.30)),
    "ball": ((0, 0.30), (0.45, 0.04), (1, -0.30)),
    "lit_above": ((0, 0.08), (1, -0.12)),
}
"""Tone (see ``Colour.tinted``) at each place of the gradient: light comes from the upper left."""


class SvgWriter:
    """Collects definitions (gradients, patterns, clips) and the elements that use them."""

    def __init__(self, height: int, width: int) -> None:
        self._size = (height, width)
        self._defs: dict[str, str] = {}
        self._body: list[str] = []

    def text(self) -> str:
        """The document."""
        height, width = self._size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><defs>{"".join(self._defs.values())}</defs>'
            f"{''.join(self._body)}</svg>"
        )

    def shadow(self, shadow: Shadow) -> None:
        """Darkens what was drawn before."""
        # Piece by piece: a blur's cost goes with the area of its box.
        for piece in getattr(shadow.outline, "geoms", [shadow.outline]):
            self._path(piece, "#0c0a14", shadow.opacity, blur=shadow.blur)

    def part(self, part: Part) -> None:
        """A part, its pattern and grain, its details."""
        paint = part.paint
        self._path(part.outline, self._gradient(paint), paint.opacity)
        if paint.pattern is not None:
            self._path(part.outline, self._pattern(paint.pattern, paint.form), paint.opacity)
        if paint.grain is not None:
            self._path(part.outline, self._wood(), paint.opacity)
        for detail in part.details:
            self._detail(detail, part.outline)

    def veil(self, css: str, opacity: float) -> None:
        """Light over the whole picture."""
        height, width = self._size
        self._body.append(f'<rect width="{width}" height="{height}" fill="{css}" opacity="{opacity:g}"/>')

    def flat(self, outline: BaseGeometry, css: str) -> None:
        """An outline without antialiasing: a pixel is in it when its centre is."""
        self._body.append(f'<path shape-rendering="crispEdges" fill="{css}" d="{path_data(outline)}"/>')

    def _detail(self, detail: Detail, inside: BaseGeometry) -> None:
        if detail.blur:
            clip = self._defined("c", f'<clipPath id="%"><path d="{path_data(inside)}"/></clipPath>')
            self._body.append(f'<g clip-path="url(#{clip})">')
            self._path(detail.outline, detail.css, detail.opacity, blur=detail.blur)
            self._body.append("</g>")
            return
        self._path(shapely.intersection(detail.outline, inside), detail.css, detail.opacity)

    def _path(self, outline: BaseGeometry, fill: str, opacity: float, blur: float = 0.0) -> None:
        data = path_data(outline)
        if not data:
            return
        attributes = f'fill="{fill}" d="{data}"'
        if opacity < 1:
            attributes += f' fill-opacity="{opacity:g}"'
        if blur:
            # No larger than it must be: the filter's cost goes with its area.
            x1, y1, x2, y2 = outline.bounds
            left, top, width, height = x1 - 3 * blur, y1 - 3 * blur, x2 - x1 + 6 * blur, y2 - y1 + 6 * blur
            made = (
                f'<filter id="%" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB" '
                f'x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}">'
                f'<feGaussianBlur stdDeviation="{blur:.1f}"/></filter>'
            )
            name = self._defined("b", made)
            attributes += f' filter="url(#{name})"'
        self._body.append(f"<path {attributes}/>")

    def _gradient(self, paint: Paint) -> str:
        stops = _STOPS[paint.form]
        if all(tone == 0 for _, tone in stops):
            return paint.colour.css
        strength = 0.7 + 0.6 * paint.gloss
        inner = "".join(
            f'<stop offset="{at:g}" stop-color="{paint.colour.tinted(tone * strength)}"/>'
            for at, tone in stops
        )
        if paint.form == "ball":
            made = f'<radialGradient id="%" cx="0.36" cy="0.30" r="0.75">{inner}</radialGradient>'
        elif paint.form == "upright":
            made = f'<linearGradient id="%">{inner}</linearGradient>'
        else:
            made = f'<linearGradient id="%" x2="0" y2="1">{inner}</linearGradient>'
        return f"url(#{self._defined('g', made)})"

    def _pattern(self, pattern: Pattern, form: Form) -> str:
        # Tiles of whole pixels leave no seams.
        p, css = max(2.0, round(pattern.period)), pattern.colour.css
        if pattern.texture == "striped":
            shapes = f'<rect y="{0.3 * p:.2f}" width="{p:.2f}" height="{0.42 * p:.2f}" fill="{css}"/>'
        elif pattern.texture == "spotted":
            r = 0.27 * p
            shapes = "".join(
                f'<circle cx="{x * p:.2f}" cy="{y * p:.2f}" r="{r:.2f}" fill="{css}"/>'
                for x, y in ((0.3, 0.3), (0.8, 0.8))
            )
            p = round(1.1 * p)
        else:
            half = p / 2
            shapes = (
                f'<rect width="{half:.2f}" height="{half:.2f}" fill="{css}"/>'
                f'<rect x="{half:.2f}" y="{half:.2f}" width="{half:.2f}" height="{half:.2f}" fill="{css}"/>'
            )
        opacity = "" if form == "flat" else ' opacity="0.92"'
        made = (
            f'<pattern id="%" width="{p:.2f}" height="{p:.2f}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({pattern.angle:g})"><g{opacity}>{shapes}</g></pattern>'
        )
        return f"url(#{self._defined('p', made)})"

    def _wood(self) -> str:
        made = (
            f'<pattern id="%" width="{SIDE}" height="{SIDE}" patternUnits="userSpaceOnUse">'
            f'<image width="{SIDE}" height="{SIDE}" href="{wood_tile()}"/></pattern>'
        )
        return f"url(#{self._defined('t', made)})"

    def _defined(self, prefix: str, made: str) -> str:
        """The name of a definition; equal ones are made once. ``id="%"`` stands for its name."""
        if made not in self._defs:
            name = f"{prefix}{len(self._defs)}"
            self._defs[made] = made.replace('id="%"', f'id="{name}"')
        text = self._defs[made]
        return text.split('id="', 1)[1].split('"', 1)[0]


def picture_svg(scene: Scene) -> str:
    """The scene as it looks."""
    writer = SvgWriter(scene.height, scene.width)
    for thing in scene.things:
        for shadow in thing.shadows:
            writer.shadow(shadow)
        for part in thing.parts:
            writer.part(part)
    if scene.veil is not None:
        writer.veil(*scene.veil)
    return writer.text()


def number_svg(height: int, width: int, numbered: Iterable[tuple[int, BaseGeometry]]) -> str:
    """Outlines painted over one another, each in the colour whose 24 bits are its number (from 1)."""
    writer = SvgWriter(height, width)
    for number, outline in numbered:
        writer.flat(outline, f"#{number:06x}")
    return writer.text()


def path_data(outline: BaseGeometry) -> str:
    """SVG path data of a polygon or several, holes included (their rings run the other way round)."""
    pieces = [p for p in getattr(outline, "geoms", [outline]) if p.geom_type == "Polygon" and not p.is_empty]
    if not pieces:
        return ""  # empty; or a line or a point, as a cut may leave them: nothing is seen of these
    text = shapely.to_wkt(shapely.orient_polygons(shapely.multipolygons(pieces)), rounding_precision=2)
    return _as_svg(text)


def _as_svg(wkt: str) -> str:
    """Such as ``MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))`` as ``M0 0L1 0L1 1L0 0Z``."""
    rings = wkt.removeprefix("MULTIPOLYGON").strip(" ()").replace("((", "(").replace("))", ")")
    return "".join(f"M{ring.replace(', ', 'L')}Z" for ring in rings.replace("), (", "|").split("|"))
