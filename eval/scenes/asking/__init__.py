"""Questions about scenes: programs over the exact twin, their words, and their gold paths."""
