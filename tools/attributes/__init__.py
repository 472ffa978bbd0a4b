"""The embedded tagger: what can be measured on the pixels of an object. It names no kinds of things.

``colours`` (the basic colour terms, light and dark; brightness), ``shapes`` (round, square, long, thin,
irregular), ``textures`` (plain, striped, spotted, checked, rough), ``overview`` (thing or stuff); ``tagger``
puts them together behind the same port as a model. No weights, no network.
"""

from dtwinseger.tools.attributes.tagger import AttributeTagger, measured

__all__ = ["AttributeTagger", "measured"]
