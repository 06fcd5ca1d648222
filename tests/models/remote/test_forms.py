"""The forms in which recordings are sent: what arrives, decoded by FFmpeg, which no form is written with."""

import io

import av
import numpy as np
import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.audio import SAMPLE_RATE, longer_than_taken, write_flac
from amarathon.audio.types import to_pcm16
from amarathon.cli.services import estimate_lines
from amarathon.errors import ModelError, RunError, ServiceError
from amarathon.models.remote import ServiceOptions
from amarathon.models.remote.encoding import encode
from amarathon.models.remote.estimating import estimate
from amarathon.models.remote.forms import FORMS
from amarathon.models.remote.services import SERVICES
from amarathon.runs import evaluate, read_run
from amarathon.tasks.sample import Option, Sample, SampleAudio
from tests.models.remote.asking import AUDIO, MODELS, address, ask, model_at, recording

TAKEN = [(kind, form) for kind, service in SERVICES.items() for form in service.forms]
# Kept by MP3 at 64 kbit/s of sound in the band of speech.
LEAST_SNR_DB = 15.0


@pytest.fixture
def samples(tmp_path):
    """Questions about two short recordings."""
    options = tuple(Option(word, word) for word in ("one", "two", "three", "four"))
    paths = [tmp_path / f"{number}.flac" for number in range(2)]
    for number, path in enumerate(paths):
        write_flac(path, recording(0.5, seed=number).samples)
    return [
        Sample(path.stem, "SCR", SampleAudio(path, path.name, ()), "How many?", options, answer=0)
        for path in paths
    ]


def decoded(file):
    """Samples from -1 to 1, by FFmpeg."""
    with av.open(io.BytesIO(file)) as container:
        to_mono = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        frames = [out for frame in container.decode(audio=0) for out in to_mono.resample(frame)]
        assert container.streams.audio[0].rate == SAMPLE_RATE
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def speech_like(seconds=6.0):
    """Harmonics of a moving pitch, in syllables."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time)) / SAMPLE_RATE
    sound = sum(np.sin(number * phase) / number for number in range(1, 24))
    return (0.2 * sound * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def snr_db(heard, sent):
    return 10 * np.log10(np.sum(sent**2) / np.sum((heard - sent) ** 2))


@pytest.mark.parametrize(("kind", "form"), TAKEN)
def test_every_form_of_every_service_arrives_and_is_recorded(kind, form, it, samples, tmp_path):
    model = model_at(kind, it, audio_form=form)
    evaluate(model, samples, ["vanilla"], tmp_path / "run", engine="threads")
    header = read_run(tmp_path / "run").header
    assert header.service.form == FORMS[form].recorded
    assert ("loses some" in (header.model.notice or "")) == (form == "mp3")
    for seen in it.seen:
        [(file, named)] = seen.sounds
        assert named == {"gemini": FORMS[form].mime, "mistral": "plain"}.get(kind, form)
        assert len(decoded(file)) > 0
    exact = {record.pcm_sha256 for record in read_run(tmp_path / "run").predictions()}
    assert len(exact) == len({seen.sounds[0][0] for seen in it.seen})


@pytest.mark.parametrize("form", FORMS)
def test_what_is_heard_is_what_was_sent_sample_by_sample(form):
    samples = speech_like()
    audio = recording()
    object.__setattr__(audio, "samples", samples)
    heard, sent = decoded(encode(audio, FORMS[form])), to_pcm16(samples) / 32768
    assert len(heard) - len(sent) in range(1152 if form == "mp3" else 1)
    if FORMS[form].exact:
        assert np.array_equal(heard, sent)
    else:
        # Not shifted either: at another lag it would be far from it.
        assert snr_db(heard[: len(sent)], sent) > LEAST_SNR_DB


@pytest.mark.parametrize("form", FORMS)
def test_no_form_is_larger_than_its_bound(form):
    seconds = 30
    size = len(encode(recording(seconds), FORMS[form]))
    assert size < 1.01 * seconds * FORMS[form].bytes_per_second + 1000


@pytest.mark.parametrize(
    ("kind", "form", "longest"),
    [
        ("openai", "wav", 460.0),
        ("openai", "mp3", 1840.0),
        ("azure", "mp3", 1840.0),
        ("mistral", "mp3", 2400.0),
        ("gemini", "flac", 34_200.0),
        ("gemini", "mp3", 34_200.0),
        ("served", "wav", 600.0),
        ("served", "mp3", 600.0),
    ],
)
def test_the_limits_in_seconds_by_form(kind, form, longest, it):
    assert model_at(kind, it, audio_form=form).max_audio_s == longest
    assert model_at(kind, it, audio_form=form, max_audio_s=7.0).max_audio_s == 7.0


@pytest.mark.parametrize("kind", ["openai", "azure"])
def test_the_longest_recording_fits_into_twenty_megabytes_of_base64(kind):
    service = SERVICES[kind]
    assert 4 * -(-service.max_bytes // 3) + 100_000 < 20_000_000


def test_nothing_becomes_mp3_by_itself(it):
    audio = recording(461.0)
    model = model_at("openai", it)
    assert "takes at most" in longer_than_taken(audio, model.max_audio_s, "it")
    assert longer_than_taken(audio, model_at("openai", it, audio_form="mp3").max_audio_s, "it") is None
    ask(model)
    assert it.seen[0].sounds[0][1] == "wav"


@pytest.mark.parametrize(("kind", "form"), [("openai", "flac"), ("azure", "flac"), ("mistral", "flac")])
def test_a_form_that_a_service_does_not_take_is_refused_by_name(kind, form, it):
    with pytest.raises(ModelError, match=f"takes recordings as wav or mp3, not as {form}"):
        model_at(kind, it, audio_form=form)
    assert it.looked_up == []


def test_another_form_is_another_run_and_another_tape(it, samples, tmp_path):
    model = model_at("openai", it, record=tmp_path / "tape")
    evaluate(model, samples, ["vanilla"], tmp_path / "run", engine="threads")
    (tmp_path / "run/predictions.jsonl").write_text("")
    with pytest.raises(RunError, match="service form wav, not mp3"):
        evaluate(
            model_at("openai", it, audio_form="mp3"), samples, ["vanilla"], tmp_path / "run", engine="threads"
        )
    with pytest.raises(ServiceError, match="has no reply"):
        ask(model_at("openai", it, replay=tmp_path / "tape", audio_form="mp3"), AUDIO)


def test_an_estimate_counts_what_is_too_long_and_says_for_which_form(it, samples):
    at = address("openai", it)
    for options, too_long in ((ServiceOptions(), 0), (ServiceOptions(max_audio_s=0.2), 2)):
        found = estimate(at, options, samples)
        assert found.too_long == too_long
        words = "2 of them are longer than it takes; it takes 460 s as wav, 1840 s as mp3 (--audio-form)."
        assert (words in estimate_lines(at, "two", found)[0]) == bool(too_long)


def test_a_long_recording_is_uploaded_in_its_form(it, monkeypatch):
    monkeypatch.setattr("amarathon.models.remote.wires.gemini.GeminiWire.inline_bytes", 1000)
    ask(model_at("gemini", it, audio_form="mp3"))
    [(file, form)] = it.seen[0].sounds
    assert (form, len(decoded(file)) > 0) == ("audio/mpeg", True)
    assert set(MODELS) == set(SERVICES)
