"""The embedded segmenter: a hierarchy of image regions behind the same port as SAM. No weights, no network."""

from dtwinseger.tools.regions.segmenter import Regions, RegionsEncoding

__all__ = ["Regions", "RegionsEncoding"]
