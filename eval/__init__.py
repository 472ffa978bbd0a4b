"""Datasets, metrics, protocols, reports. Empty so far: it arrives with the benchmark."""
