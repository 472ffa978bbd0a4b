"""Training: of SAM, on drawn shapes, COCO annotations or scenes. Behind the extra ``train``."""
