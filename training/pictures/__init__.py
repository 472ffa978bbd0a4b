"""Pictures with exact masks, drawn by chance: what a small SAM is trained on. Shapes here have no names.

``drawing.draw`` makes one; the other modules each see to one side of it. NumPy and OpenCV alone.
"""
