"""The embedded segmenter: a hierarchy of image regions behind the same port as SAM. No weights, no network."""
