"""Converters between the twin and annotation formats (COCO, labelme): parsed JSON in, parsed JSON out."""
