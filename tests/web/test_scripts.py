"""The pages' scripts: what one imports another has, in no circle, and what all share stands once."""

import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import playwright
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import human_eval.assets
import leaderboard.assets
import live_demo.assets
from web.static_files import SHARED, StaticFolder

FACES = {
    face.__name__.split(".")[0]: face for face in (human_eval.assets, leaderboard.assets, live_demo.assets)
}
IMPORT = re.compile(r'^import \{ ([^}]+) \} from "\./([^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


def scripts_of(face: str) -> dict[str, str]:
    """Every script that the face serves, by name."""
    folder = Path(FACES[face].__file__).parent / "static"
    paths = [*SHARED.glob("*.js"), *folder.glob("*.js")]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("face", FACES)
def test_what_a_script_imports_is_exported_there_and_used_here(face: str) -> None:
    scripts = scripts_of(face)
    for name, text in scripts.items():
        assert len(re.findall(r"^import\b(?!\()", text, re.MULTILINE)) == len(IMPORT.findall(text)), name
        for names, source in IMPORT.findall(text):
            exported = set(EXPORT.findall(scripts[source]))
            for imported in names.split(", "):
                assert imported in exported, f"{name} imports {imported} from {source}"
                assert len(re.findall(rf"\b{imported}\b", text)) > 1, f"{name} never uses {imported}"


@pytest.mark.parametrize("face", FACES)
def test_every_script_is_one(face: str, tmp_path: Path) -> None:
    """By the Node that Playwright brings, which is there wherever the browser's tests run."""
    node = Path(playwright.__file__).parent / "driver" / "node"
    for name, text in scripts_of(face).items():
        path = tmp_path / name.replace(".js", ".mjs")
        path.write_text(text, encoding="utf-8")
        checked = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, f"{name}: {checked.stderr}"


@pytest.mark.parametrize("face", FACES)
def test_no_scripts_import_each_other_in_a_circle(face: str) -> None:
    imports = {
        name: {source for _, source in IMPORT.findall(text)} for name, text in scripts_of(face).items()
    }
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports)


def test_no_face_has_a_file_under_the_name_of_a_shared_one() -> None:
    shared = {path.name for path in SHARED.iterdir()}
    for face in FACES.values():
        assert not shared & {path.name for path in (Path(face.__file__).parent / "static").iterdir()}


@pytest.mark.parametrize("face", FACES)
def test_every_script_is_served_under_the_faces_address(face: str) -> None:
    static: StaticFolder = FACES[face].STATIC
    client = TestClient(FastAPI(routes=[static.route()]))
    for name, text in scripts_of(face).items():
        answer = client.get(f"{static.address}/{name}")
        assert (answer.status_code, answer.text) == (200, text)
        assert "immutable" in answer.headers["cache-control"]


def test_the_address_changes_with_a_shared_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "static").mkdir()
    monkeypatch.setattr("web.static_files.SHARED", tmp_path / "static")
    before = StaticFolder(tmp_path / "own", "/x").address
    (tmp_path / "static" / "dom.js").write_text("export const h = 1;")
    assert StaticFolder(tmp_path / "own", "/x").address != before
