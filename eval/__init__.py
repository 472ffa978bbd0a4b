"""Datasets, metrics, protocols, runner, reports, and the procedural scenes."""
