"""Whatever samples hold, what is written in our folder form is read back."""

import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.datasets.folder import read_folder
from amarathon.datasets.folder_writing import write_folder
from amarathon.datasets.options import text_key
from amarathon.tasks.sample import Option, Sample, SampleAudio
from tests.datasets.miniature import write_audio

texts = st.text(max_size=20) | st.sampled_from(
    ["{", "a\nb\r\nc", "\u2028\x85\x1c", "\ufeffx", "🎧 'quoted\" \\"]
)
labels = st.dictionaries(texts, texts, max_size=3)
options = st.lists(
    st.builds(Option, texts.filter(str.strip), texts),
    min_size=2,
    max_size=4,
    unique_by=lambda option: text_key(option.text),
)


@st.composite
def samples(draw: st.DrawFn, folder: Path) -> Sample:
    name = draw(st.sampled_from(["a.wav", "deep/b.flac"]))
    path = folder / name
    digest = sha256(path.read_bytes()).hexdigest()
    duration = draw(st.none() | st.floats(0, 1e6))
    sources = tuple(draw(st.lists(texts, min_size=1, max_size=3)))
    audio = SampleAudio(path, name, sources, duration, digest, draw(st.none() | st.just("b" * 64)))
    identity = draw(texts.filter(bool))
    if draw(st.booleans()):
        words = draw(texts.filter(str.strip))
        return Sample(identity, "ASR", audio, draw(texts), reference=words, slices=draw(labels))
    choices = tuple(draw(options))
    answer = draw(st.integers(0, len(choices) - 1))
    return Sample(identity, "SCR", audio, draw(texts), choices, answer, None, draw(labels))


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    write_audio(folder / "a.wav", seconds=0.5)
    write_audio(folder / "deep/b.flac", seconds=0.5)
    return folder


@settings(deadline=None)
@given(data=st.data())
def test_writing_then_reading_is_the_identity(recordings: Path, data: st.DataObject) -> None:
    written = data.draw(st.lists(samples(recordings), max_size=3, unique_by=lambda sample: sample.id))
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), written)
        found, excluded = read_folder(Path(folder))
    read_back = [
        replace(sample, audio=replace(sample.audio, path=recordings / sample.audio.name)) for sample in found
    ]
    assert excluded == []
    assert read_back == written
