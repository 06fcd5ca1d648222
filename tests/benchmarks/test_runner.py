"""The runner of all benchmarks, and the page that it writes: nothing here is measured."""

import ast
import pkgutil
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import curve_fit

import benchmarks
from benchmarks import __main__ as runner
from benchmarks import _curves, _performance_page, _registry
from benchmarks._registry import BENCHMARKS, LEFT_OUT, QUICK_S, WHOLE_S, Asked, Benchmark
from benchmarks._rows import Row, row

MODULES = {
    module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
} - {"annotation_servers", "kvpress_env"}


def test_every_module_is_run_or_left_out_for_a_reason():
    named = {benchmark.name for benchmark in BENCHMARKS if "." not in benchmark.name}
    assert named | set(LEFT_OUT) == MODULES
    assert not named & set(LEFT_OUT)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_has_one_entry(name):
    tree = ast.parse((Path(benchmarks.__path__[0]) / f"{name}.py").read_text(encoding="utf-8"))
    assert "main" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_all_together_take_no_longer_than_is_said():
    assert sum(benchmark.whole.limit_s for benchmark in BENCHMARKS) <= WHOLE_S
    assert sum(benchmark.quick.limit_s for benchmark in BENCHMARKS if benchmark.quick) <= QUICK_S


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Three benchmarks: one that works, one that fails behind its figures, one that never ends."""
    package = tmp_path / "benchmarks"
    package.mkdir()
    figures = row("A thing", [2.0, 3.0], [2.0, 2.0], "another", at_most=1.1)
    text = f"import json\nprint('words', {{}})\nprint(json.dumps({{'rows': [{figures!r}]}}, indent=2))\n"
    (package / "works.py").write_text(text)
    (package / "fails.py").write_text(f"{text}raise SystemExit('the replies differ')\n")
    (package / "stays.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return [
        Benchmark("fails", "One", Asked(20)),
        Benchmark("stays", "One", Asked(1)),
        Benchmark("works", "Two", Asked(20), Asked(20)),
        Benchmark("absent", "Two", Asked(20), program=tmp_path / ".venv-absent/bin/python"),
    ]


def test_one_that_fails_is_named_and_the_others_are_kept(modules, tmp_path, monkeypatch):
    arguments = Namespace(quick=False, out=tmp_path / "build" / "bench.json")
    document = runner.measure(modules, arguments)
    states = {name: (found["state"], found.get("why")) for name, found in document["benchmarks"].items()}
    assert states == {
        "fails": ("failed", "the replies differ"),
        "stays": ("failed", "took longer than 1 s"),
        "works": ("measured", None),
        "absent": ("left out", "python is missing: `make bench` installs it"),
    }
    assert arguments.out.exists()
    monkeypatch.setattr(_performance_page, "BENCHMARKS", tuple(modules))
    page = _performance_page.page(document)
    assert (
        page.count("| A thing | 2.5 s | another | 2 | 1.25 | 1.00 to 1.50 | at most 1.1: **missed** |") == 2
    )
    for words in ("failed (the replies differ)", "failed (took longer than 1 s)", "## One", "## Two"):
        assert words in page


def test_quick_leaves_out_what_has_no_quick_form(modules):
    assert runner.run(modules[0], quick=True) == {"state": "left out", "why": "not in --quick"}
    assert runner.run(modules[2], quick=True)["state"] == "measured"


def test_a_failure_ends_the_command_with_an_error(modules, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "BENCHMARKS", tuple(modules))
    out = tmp_path / "bench.json"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "fails", "--out", str(out), "--no-page"])
    with pytest.raises(SystemExit, match="Failed: fails"):
        runner.main()


def test_a_row_says_whether_it_is_as_it_should_be():
    assert Row(**row("a", [1.0], [1.0], "b", at_most=1.0)).met is True
    assert Row(**row("a", [1.0], [2.0], "b", at_least=0.97)).met is False
    assert Row(**row("a", [1.0], [2.0], "b")).met is None


def test_an_exponent_is_the_one_that_scipy_fits():
    rng = np.random.default_rng(0)
    sizes = np.array([1.0, 5, 15, 60, 200])
    values = 3 * sizes**1.4 * np.exp(rng.normal(0, 0.05, len(sizes)))
    found = _curves.exponent(sizes, values)
    fitted, covariance = curve_fit(lambda x, a, b: a + b * x, np.log(sizes), np.log(values))
    assert found.slope == pytest.approx(fitted[1], rel=1e-6)
    half = 3.182446 * np.sqrt(covariance[1, 1])  # Student's t, three degrees of freedom, 97.5%
    assert (found.low, found.high) == pytest.approx((fitted[1] - half, fitted[1] + half), rel=1e-5)


@pytest.mark.parametrize(("power", "steeper"), [(1.0, False), (0.5, False), (1.3, True), (2.0, True)])
def test_what_grows_faster_than_arithmetic_says_is_found(power, steeper):
    sizes = [10.0, 100.0, 1000.0, 10_000.0]
    found = _curves.curve("a", "samples", sizes, [size**power for size in sizes], sizes, "each once")
    assert found["steeper"] is steeper
    assert found["exponent"]["slope"] == pytest.approx(power)


def test_the_registry_names_programs_of_this_repository():
    for path in (_registry.KVPRESS, _registry.LABEL_STUDIO):
        assert path.parents[2] == _performance_page.PAGE.parents[2]
