"""Tests of the real weights are collected where `make test-setup` could fetch them."""

from amarathon.models.fetched import FETCHED

collect_ignore = [] if FETCHED["whisper"].is_fetched else ["test_weights.py"]
