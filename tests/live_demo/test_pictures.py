import numpy as np
import pytest

from amarathon.audio import SAMPLE_RATE
from live_demo.pictures import MEL_BANDS, outline, spectrogram
from tests.audio.makers import tone


def test_the_outline_holds_the_extremes_of_every_span():
    samples = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)
    columns = np.frombuffer(outline(samples, 10), np.int8).reshape(10, 2)
    for column in range(10):
        span = samples[100 * column : 100 * (column + 1)]
        assert columns[column].tolist() == [round(127 * span.min()), round(127 * span.max())]


@pytest.mark.parametrize("hertz", [200, 1000, 4000])
def test_a_tone_is_brightest_in_its_own_band(hertz):
    columns = np.frombuffer(spectrogram(tone(2.0, hertz=hertz)[:, 0], 50), np.uint8).reshape(50, MEL_BANDS)
    mel = lambda value: 2595 * np.log10(1 + value / 700)  # noqa: E731
    edges = np.linspace(mel(40), mel(SAMPLE_RATE / 2), MEL_BANDS + 2)
    expected = int(np.abs(edges[1:-1] - mel(hertz)).argmin())
    assert abs(int(np.median(columns.argmax(axis=1))) - expected) <= 1
    assert columns.max() == 255


@pytest.mark.parametrize("length", [1, 100, 5000])
def test_short_and_silent_stretches_can_be_drawn(length):
    columns = np.frombuffer(spectrogram(np.zeros(length, np.float32), 300), np.uint8)
    assert columns.shape == (300 * MEL_BANDS,)
    assert len(outline(np.zeros(length, np.float32), 300)) == 600


def test_a_stretch_is_drawn_from_that_stretch_alone(service, client, upload):
    recording = upload(4.0)["id"]
    address = f"/v1/demo/recordings/{recording}/outline"
    part = client.get(address, params={"bins": 20, "start": 1.0, "end": 1.5}).content
    samples = service.recordings.get(recording).samples
    assert part == outline(samples[SAMPLE_RATE : SAMPLE_RATE * 3 // 2], 20)


@pytest.mark.parametrize(
    "query",
    [
        {"bins": 0},
        {"bins": 100_000},
        {"bins": 10, "start": 3, "end": 2},
        {"bins": 10, "start": "nan"},
        {"bins": 10, "start": 9},
    ],
)
def test_what_cannot_be_drawn_is_refused(client, upload, query):
    assert client.get(f"/v1/demo/recordings/{upload()['id']}/spectrogram", params=query).status_code == 422
