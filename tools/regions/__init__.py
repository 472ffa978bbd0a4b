"""The embedded segmenter: trees of image regions behind the same port as SAM. No weights, no network.

A picture goes through ``boundaries`` (how likely an outline runs through each pixel), ``superpixels`` (the
leaves), ``leaves`` (what they look like), ``hierarchy`` (two trees), ``scores`` (predicted IoU, and the cut
into whole things), ``forest`` (both trees as one table), ``resizing`` (back to full size) and ``nodes``
(areas, boxes, masks); ``segmenter`` answers prompts from that.
"""

from dtwinseger.tools.regions.segmenter import Regions, RegionsEncoding

__all__ = ["Regions", "RegionsEncoding"]
