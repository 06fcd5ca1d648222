"""The library's front: every public name is what it says, in every order of use, again and again."""

import subprocess
import sys

import pytest

import amarathon

NAMES = [name for name in amarathon.__all__ if name != "__version__"]
# What each name must be, in words that need no import of its own.
CHECK = """
import amarathon
KINDS = {"TASKS": lambda value: "SCR" in value}
def good(name, value):
    return KINDS.get(name, lambda value: callable(value) and value.__name__ == name)(value)
"""


def run(script):
    done = subprocess.run([sys.executable, "-c", CHECK + script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_name_may_be_the_first_and_all_come_again():
    """As attributes and as imports, before and after any other name's own module is there."""
    lines = ["import sys"]
    for first in NAMES:
        order = [first, *(name for name in NAMES if name != first)]
        lines += ["for module in [name for name in sys.modules if name.partition('.')[0] == 'amarathon']:"]
        lines += ["    del sys.modules[module]", "import amarathon"]
        for name in (*order, *reversed(order), *order):
            lines += [f"assert good({name!r}, amarathon.{name}), {name!r}"]
            lines += [f"from amarathon import {name}", f"assert good({name!r}, {name}), {name!r}"]
    run("\n".join(lines))


def test_names_stay_right_whatever_else_is_imported():
    lines = ["import pkgutil, importlib"]
    lines += ["for found in pkgutil.iter_modules(amarathon.__path__, 'amarathon.'):"]
    lines += ["    importlib.import_module(found.name)"]
    lines += [f"    assert good({name!r}, amarathon.{name}), (found.name, {name!r})" for name in NAMES]
    run("\n".join(lines))


def test_every_name_has_a_home_and_is_listed():
    assert sorted(NAMES) == sorted(amarathon._HOMES)
    assert set(NAMES) <= set(dir(amarathon))
    with pytest.raises(AttributeError, match="no attribute 'sweeps'"):
        amarathon.sweeps  # noqa: B018
