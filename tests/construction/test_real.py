import numpy as np
import pytest
import soundfile

from amarathon.construction import real
from amarathon.errors import DatasetError


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Small stand-ins for the packages, laid out as they are."""

    def tone(path, seconds, pitch):
        path.parent.mkdir(parents=True, exist_ok=True)
        time = np.arange(int(seconds * 16000)) / 16000
        # A second at a time: libsndfile's Vorbis encoder overflows its stack on long blocks.
        with soundfile.SoundFile(path, "w", 16000, 1) as file:
            for start in range(0, len(time), 16000):
                file.write(0.3 * np.sin(2 * np.pi * pitch * time[start : start + 16000]))

    for speaker, pitch in (("m", 220), ("v", 130)):
        for number in range(3):
            tone(tmp_path / real._DIALOGUE / f"room{number}" / "nl" / f"a-{speaker}-x.ogg", 40, pitch)
        placeholder = tmp_path / real._DIALOGUE / "room9" / "nl" / f"a-{speaker}-x.ogg"
        placeholder.parent.mkdir(parents=True, exist_ok=True)
        placeholder.write_bytes(b"OggS")
    for track in real._TRACKS:
        tone(tmp_path / real._MUSIC / f"{track}.ogg", 20, 440)
    tone(tmp_path / real._READINGS / "one.wav", 3, 200)
    tone(tmp_path / real._READINGS / "two.wav", 2, 200)
    (tmp_path / real._READINGS / "transcription").write_text(
        "<s> good day </s> (one)\n<s> adieu  </s> (two)\n"
    )
    monkeypatch.setattr(real, "unpacked", lambda package: tmp_path)
    return tmp_path


def test_there_are_twenty_and_no_name_tells_an_answer():
    jobs = real.jobs()
    assert len({job.id for job in jobs}) == 20
    assert all(job.arguments[0] == job.id for job in jobs)


def test_a_dialogue_is_the_lines_of_one_speaker_without_placeholders(packages):
    for speaker, gender in (("m", "Female"), ("v", "Male")):
        made = real.dialogue("real-sgr-00", speaker, 0)
        assert made.question.options[made.question.answer].text == gender
        assert made.duration_s == 90.0
        assert {piece.origin.source.split("-")[-2] for piece in made.pieces} == {speaker}
        assert made.licence == "GPL-2.0-only"


def test_music_is_asked_about_among_other_genres(packages):
    for index in range(len(real._TRACKS)):
        made = real.music(f"real-mc-{index:02d}", index)
        assert made.question.options[made.question.answer].text == "classical"
        assert len(made.question.options) == 4


def test_a_reading_has_its_text(packages):
    made = real.reading("real-asr-00")
    assert made.question.reference == "good day adieu"
    assert [piece.what for piece in made.pieces] == ["good day", "adieu"]


def test_a_transcription_in_another_form_is_refused(packages):
    (packages / real._READINGS / "transcription").write_text("good day (one)\n")
    with pytest.raises(DatasetError, match="another form"):
        real.reading("real-asr-00")
