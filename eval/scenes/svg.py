"""A scene as SVG text: once as it looks, and once with every part in a flat colour that is its number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from dtwinseger.eval.scenes.grain import SIDE, wood_tile
from dtwinseger.eval.scenes.model import Detail, Fade, Form, Paint, Part, Pattern, Scene, Shadow

_STOPS: Final[Mapping[Form, tuple[tuple[float, float], ...]]] = {
    "flat": ((0, 0.0), (1, 0.0)),
    "upright": ((0, -0.22), (0.28, 0.16), (0.45, 0.05), (1, -0.30)),
    "lying": ((0, 0.12), (0.3, 0.14), (1, -0.30)),
    "ball": ((0, 0.30), (0.45, 0.04), (1, -0.30)),
    "lit_above": ((0, 0.08), (1, -0.12)),
}
"""Tone (see ``Colour.tinted``) at each place of the gradient: light comes from the upper left."""

_FADES: Final[Mapping[Fade, tuple[tuple[float, float], ...]]] = {
    "round": ((0, 0.86), (0.15, 0.8), (0.3, 0.63), (0.45, 0.39), (0.6, 0.18), (0.75, 0.06), (1, 0)),
    "upwards": ((0, 1), (1, 0)),
}
"""Opacity at each place of the gradient. ``round``: a disc of 4/9 of the radius, blurred by half its own."""


class SvgWriter:
    """Collects definitions (gradients, patterns, clips) and the elements that use them."""

    def __init__(self, height: int, width: int) -> None:
        self._size = (height, width)
        self._defs: dict[str, str] = {}
        self._body: list[str] = []

    def text(self) -> str:
        """The document."""
        return document(f"<defs>{''.join(self._defs.values())}</defs>{''.join(self._body)}", *self._size)

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
        shapely.prepare(part.outline)
        for detail in part.details:
            self._detail(detail, part.outline)

    def veil(self, css: str, opacity: float) -> None:
        """Light over the whole picture."""
        height, width = self._size
        size = f'width="{width}" height="{height}"'
        self._body.append(f'<rect {size} fill="{css}" fill-opacity="{opacity:g}"/>')

    def _detail(self, detail: Detail, inside: BaseGeometry) -> None:
        if detail.blur:
            clip = self._defined("c", f'<clipPath id="%"><path d="{path_data(inside)}"/></clipPath>')
            self._body.append(f'<g clip-path="url(#{clip})">')
            self._path(detail.outline, detail.css, detail.opacity, blur=detail.blur)
            self._body.append("</g>")
            return
        fill = self._faded(detail.css, detail.fade, detail.outline) if detail.fade else detail.css
        cut = detail.outline if inside.covers(detail.outline) else detail.outline.intersection(inside)
        self._path(cut, fill, detail.opacity)

    def _path(self, outline: BaseGeometry, fill: str, opacity: float, blur: float = 0.0) -> None:
        data = path_data(outline)
        if not data:
            return
        attributes = f'fill="{fill}" d="{data}"'
        if opacity < 1:
            attributes += f' fill-opacity="{opacity:g}"'
        if blur:
            # No larger than it must be: the filter's cost goes with its area.
            # With 2 or more in one direction, resvg is four times as fast.
            across, down = blur, max(blur, 2.0)
            x1, y1, x2, y2 = outline.bounds
            left, width = x1 - 3 * across, x2 - x1 + 6 * across
            top, height = y1 - 3 * down, y2 - y1 + 6 * down
            made = (
                f'<filter id="%" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB" '
                f'x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}">'
                f'<feGaussianBlur stdDeviation="{across:.1f} {down:.1f}"/></filter>'
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

    def _faded(self, css: str, fade: Fade, outline: BaseGeometry) -> str:
        """As wide as the outline was before anything was cut off."""
        x1, y1, x2, y2 = outline.bounds
        inner = "".join(
            f'<stop offset="{at:g}" stop-color="{css}" stop-opacity="{opacity:g}"/>'
            for at, opacity in _FADES[fade]
        )
        own = 'id="%" gradientUnits="userSpaceOnUse"'
        if fade == "round":
            place = f'cx="{(x1 + x2) / 2:.2f}" cy="{(y1 + y2) / 2:.2f}" r="{(x2 - x1) / 2:.2f}"'
            made = f"<radialGradient {own} {place}>{inner}</radialGradient>"
        else:
            place = f'x1="0" y1="{y2:.2f}" x2="0" y2="{y1:.2f}"'
            made = f"<linearGradient {own} {place}>{inner}</linearGradient>"
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


def document(elements: str, height: int, width: int) -> str:
    """The SVG of a picture of this size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{elements}</svg>'
    )


def flat_path(outline: BaseGeometry, number: int) -> str:
    """An outline in the colour whose 24 bits are its number (from 1).

    Without antialiasing: a pixel is in it when its centre is.
    """
    return f'<path shape-rendering="crispEdges" fill="#{number:06x}" d="{path_data(outline)}"/>'


def path_data(outline: BaseGeometry) -> str:
    """SVG path data of a polygon or several, holes included (their rings run the other way round)."""
    if outline.geom_type == "GeometryCollection":
        # A cut may leave lines and points besides: nothing is seen of these.
        outline = shapely.MultiPolygon([p for p in outline.geoms if p.geom_type == "Polygon"])
    if outline.is_empty or not outline.geom_type.endswith("Polygon"):
        return ""
    return _as_svg(shapely.to_wkt(shapely.orient_polygons(outline), rounding_precision=2))


def _as_svg(wkt: str) -> str:
    """Such as ``MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))`` as ``M0 0L1 0L1 1L0 0Z``."""
    rings = re.findall(r"[^()]{3,}", wkt[wkt.index("(") :])
    return "".join(f"M{ring.replace(', ', 'L')}Z" for ring in rings)
