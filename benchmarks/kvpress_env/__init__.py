"""Benchmarks beside kvpress, which run in its environment."""
