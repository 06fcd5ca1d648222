"""The game's archive is read as its engine reads it."""

from pathlib import Path

import pytest

from amarathon.construction.speech.adventure import Archive, Line
from amarathon.errors import DatasetError
from tests.construction.speech.toy_packages import dialogue, speech, write_archive


def archive(path: Path, files: dict[str, bytes]) -> Archive:
    write_archive(path / "queen.1c", files)
    return Archive(path / "queen.1c")


def test_lines_are_named_after_dialogue_number_side_and_span(tmp_path: Path) -> None:
    content = dialogue(
        5,
        {1: "Hello there.", 0x1E: "*GDLook at this!*WT*FLAnd that..."},
        {0xCE: "I walk*XY00(237,112) and I talk.*01"},
    )
    files = {
        "050001J1.SB": b"",
        "05001EJ2.SB": b"",
        "05001EJ4.SB": b"",
        "0500CEP1.SB": b"",
        "0500CEP2.SB": b"",
    }
    assert archive(tmp_path, {"BOB1.DOG": content, **files}).lines("BOB1") == [
        Line("050001J1.SB", "BOB1", True, "Hello there."),
        Line("05001EJ2.SB", "BOB1", True, "Look at this!"),
        Line("05001EJ4.SB", "BOB1", True, "And that..."),
        Line("0500CEP1.SB", "BOB1", False, "I walk"),
        Line("0500CEP2.SB", "BOB1", False, "and I talk."),
    ]


def test_what_was_not_recorded_is_no_line(tmp_path: Path) -> None:
    files = {"BOB1.DOG": dialogue(5, {1: "Hello there.", 2: "Goodbye."}, {}), "050002J1.SB": b""}
    assert [line.text for line in archive(tmp_path, files).lines("BOB1")] == ["Goodbye."]


def test_a_line_is_decoded(tmp_path: Path) -> None:
    game = archive(tmp_path, {"050001J1.SB": speech(1.5, 0)})
    assert len(game.sound(Line("050001J1.SB", "BOB1", True, ""))) / 16000 == pytest.approx(1.5, abs=0.1)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no file BOB1\.DOG"):
        archive(tmp_path, {"050001J1.SB": b""}).lines("BOB1")


@pytest.mark.parametrize("compression", [0, 2, 3])
def test_speech_that_is_not_mp3_is_refused(tmp_path: Path, compression: int) -> None:
    write_archive(tmp_path / "queen.1c", {}, compression)
    with pytest.raises(DatasetError, match="with MP3 speech"):
        Archive(tmp_path / "queen.1c")


@pytest.mark.parametrize("content", [b"", b"QTBL", b"RIFF" + bytes(40)])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "queen.1c").write_bytes(content)
    with pytest.raises(DatasetError, match="not the archive of the game"):
        Archive(tmp_path / "queen.1c")
