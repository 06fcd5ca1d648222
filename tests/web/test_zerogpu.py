"""Work that needs a GPU, with and without ZeroGPU."""

import sys
from types import SimpleNamespace

import pytest

from web.zerogpu import borrows_gpu


def double(number: int) -> int:
    return 2 * number


def test_elsewhere_the_function_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert borrows_gpu(30)(double) is double


def test_on_zero_gpu_the_function_asks_for_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    durations = []

    def gpu(duration: int):
        durations.append(duration)
        return lambda function: lambda number: function(number) + 1

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    assert borrows_gpu(30)(double)(2) == 5
    assert durations == [30]
