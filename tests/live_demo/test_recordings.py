import os
import time
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.audio import SAMPLE_RATE, AudioLimits, load_audio
from amarathon.errors import AudioError, AudioWarning
from live_demo.errors import GoneError
from live_demo.recordings import Recordings, safe_name
from tests.audio.makers import WRITERS, tone, wav_bytes
from tests.audio.mutants import mutated_files
from tests.live_demo.conftest import tone_file

UPLOAD = "/v1/demo/recordings"


def test_an_upload_is_decoded_and_the_file_itself_is_gone(service, client, tmp_path):
    path = WRITERS["flac"](tmp_path / "talk.flac", tone(2.0, 44_100, 2), 44_100)
    answer = client.post(UPLOAD, params={"name": "talk.flac"}, content=path.read_bytes())
    assert answer.status_code == 201
    found = answer.json()
    assert (found["name"], found["format"], found["sample_rate"], found["channels"]) == (
        "talk.flac",
        "FLAC",
        44_100,
        2,
    )
    assert found["duration_s"] == pytest.approx(2.0, abs=0.01)
    assert found["pcm_sha256"] == load_audio(path).pcm_sha256
    assert np.array_equal(service.recordings.get(found["id"]).audio().samples, load_audio(path).samples)
    assert sorted(entry.name for entry in service.recordings.folder.iterdir()) == [found["id"]]
    assert sorted(entry.name for entry in (service.recordings.folder / found["id"]).iterdir()) == [
        "owner.json",
        "recording.json",
        "samples.npy",
    ]


@pytest.mark.parametrize("coding", ["opus", "mp3"])
def test_the_copy_that_is_played_answers_ranges(client, upload, coding):
    address = f"{UPLOAD}/{upload(3.0)['id']}/audio.{coding}"
    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    assert whole.headers["accept-ranges"] == "bytes"
    assert len(whole.content) < 40_000


def test_the_copy_sounds_as_long_as_the_recording(service, upload):
    path = service.recordings.get(upload(3.0)["id"]).copy("opus")
    assert load_audio(path).duration_s == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"just some text, " * 20, "text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
        (bytes(4000), "zero bytes"),
        (os.urandom(2_000_001), "is too large"),
    ],
)
def test_what_is_no_audio_is_refused_with_a_sentence_and_leaves_nothing(service, client, content, reason):
    answer = client.post(UPLOAD, params={"name": "song.mp3"}, content=content)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("'song.mp3' ")
    assert reason in answer.json()["error"]
    assert not list(service.recordings.folder.iterdir())


def test_an_upload_says_how_far_its_decoding_is(service, client):
    upload, other = "1" * 32, "2" * 32
    seen = []
    decode = service.recordings._decode

    def telling(path, limits):
        path.with_name(".decoded").write_bytes(b"." * 40)
        seen.append(client.get(f"/v1/demo/uploads/{upload}").json())
        again = client.post(UPLOAD, params={"upload": upload}, content=tone_file(1.0))
        assert (again.status_code, again.json()) == (422, {"error": "Another upload goes by this id."})
        return decode(path, limits)

    service.recordings._decode = telling
    assert client.post(UPLOAD, params={"upload": upload}, content=tone_file(1.0)).status_code == 201
    assert seen == [{"decoded": 0.4}]
    for id_ in (upload, other):
        assert client.get(f"/v1/demo/uploads/{id_}").json() == {"decoded": None}
    assert client.get("/v1/demo/uploads/..%2f..").status_code in (404, 422)


def test_beside_a_bundled_file_nothing_is_written(tmp_path):
    (tmp_path / "bundled").mkdir()
    path = WRITERS["mp3"](tmp_path / "bundled" / "a.mp3", tone(2.0), 16_000)
    Recordings(tmp_path / "recordings", AudioLimits()).add(path, example="a")
    assert [entry.name for entry in path.parent.iterdir()] == ["a.mp3"]


def test_silence_and_too_much_are_refused(client):
    silence = bytearray(tone_file(1.0))
    silence[44:] = bytes(len(silence) - 44)
    assert "is silent" in client.post(UPLOAD, content=bytes(silence)).json()["error"]
    long = wav_bytes(np.ones(401 * 4000, np.uint8).tobytes(), rate=4000, bits=8)
    assert "is too long" in client.post(UPLOAD, content=long).json()["error"]


def test_what_was_done_to_a_recording_is_told_and_kept(client):
    loud = 3 * tone(1.0)[:, 0]
    content = wav_bytes(loud.astype("<f4").tobytes(), coding=3, bits=32)
    with pytest.warns(AudioWarning):
        recording = client.post(UPLOAD, params={"name": "loud.wav"}, content=content).json()
    [sentence] = recording["warnings"]
    assert sentence.startswith("'loud.wav' reaches +1.6 dBFS: it is turned down")
    assert client.get(f"{UPLOAD}/{recording['id']}").json()["warnings"] == [sentence]


def test_200_mutated_files_each_come_back_as_a_recording_or_a_reason(service, client, tmp_path):
    refused = 0
    for mutant in mutated_files(tmp_path, 200, seed=20251007):
        answer = client.post(UPLOAD, params={"name": mutant.path.name}, content=mutant.path.read_bytes())
        assert answer.status_code in (201, 422), (mutant, answer.text)
        if answer.status_code == 422:
            sentence = answer.json()["error"]
            assert sentence.startswith(f"'{mutant.path.name}' "), (mutant, sentence)
            assert sentence.endswith("."), (mutant, sentence)
            assert "\n" not in sentence
            refused += 1
    assert refused > 50
    assert not list(service.recordings.folder.glob("incoming-*"))


def test_strangers_files_are_decoded_in_a_process_of_their_own(tmp_path):
    recordings = Recordings(tmp_path / "recordings", AudioLimits())
    path = recordings.incoming("note.m4a")
    WRITERS["m4a"](path, tone(1.0), 16_000)
    recording = recordings.add(path)
    assert recording.record.name == "note.m4a"
    assert recording.record.duration_s == pytest.approx(1.0, abs=0.1)
    recordings.discard(path)
    path = recordings.incoming("note.wav")
    path.write_text("no audio at all")
    with pytest.raises(AudioError, match=r"^'note.wav' .*text"):
        recordings.add(path)


def test_what_a_browser_records_is_taken(client, tmp_path):
    # MediaRecorder streams WebM: no length in its header.
    path = tmp_path / "microphone.webm"
    with av.open(str(path), "w", format="webm", options={"live": "1"}) as target:
        track = target.add_stream("libopus", rate=48_000, layout="mono")
        samples = (tone(2.0, 48_000)[:, 0] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        target.mux(track.encode(frame))
        target.mux(track.encode(None))
    answer = client.post(UPLOAD, params={"name": "microphone.webm"}, content=path.read_bytes())
    assert answer.status_code == 201, answer.text
    assert answer.json()["duration_s"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("identifier", ["0" * 24, "..", "%2e%2e", "recordings", "../../etc/passwd"])
def test_ids_lead_nowhere_else(client, upload, identifier):
    upload()
    for rest in ("", "/audio.opus", "/outline?bins=10"):
        assert client.get(f"{UPLOAD}/{identifier}{rest}").status_code in (404, 405)


def test_an_example_is_one_recording_for_everybody(client):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: client.post("/v1/demo/examples/asr-calls").json(), range(4)))
    assert len({recording["id"] for recording in found}) == 1
    assert found[0]["example"] == "asr-calls"
    assert client.post("/v1/demo/examples/nothing").status_code == 404


def test_uploads_at_the_same_time_do_not_mix(client):
    def send(seconds):
        return client.post(UPLOAD, params={"name": f"{seconds}.wav"}, content=tone_file(seconds)).json()

    with ThreadPoolExecutor(6) as pool:
        lengths = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
        found = list(pool.map(send, lengths))
    assert [recording["name"] for recording in found] == [f"{seconds}.wav" for seconds in lengths]
    assert [recording["duration_s"] for recording in found] == lengths


def test_what_is_kept_is_counted_while_uploads_come_and_go(service):
    recordings = service.recordings
    path = recordings.incoming("gone.wav")
    path.symlink_to(path.parent / "removed meanwhile")  # listed, and not there when it is looked at
    assert recordings.bytes_of(path.parent.name) == 0
    assert recordings.bytes_of("never there") == 0
    (recordings.folder / "stray").write_bytes(b"no recording's folder")
    assert recordings.bytes_of("stray") == 0
    bytes_kept = lambda: sum(map(recordings.bytes_of, recordings.names()))  # noqa: E731
    before = bytes_kept()
    kept = recordings.incoming("kept.wav")
    kept.write_bytes(b"12345")
    assert bytes_kept() == before + 5


def test_a_stretch_becomes_a_recording_of_its_own(service, client, upload):
    whole = upload(4.0)
    answer = client.post(f"{UPLOAD}/{whole['id']}/cut", params={"start": 1.0, "end": 2.5})
    assert answer.status_code == 201
    part = answer.json()
    assert part["duration_s"] == 1.5
    assert part["pcm_sha256"] != whole["pcm_sha256"]
    samples = service.recordings.get(whole["id"]).samples
    cut = service.recordings.get(part["id"]).samples
    assert np.array_equal(cut, samples[SAMPLE_RATE : round(2.5 * SAMPLE_RATE)])
    for start, end in ((-1, 2), (2, 1), (3, 4.1), (float("nan"), 2), (1, 1.01)):
        refused = client.post(f"{UPLOAD}/{whole['id']}/cut", params={"start": start, "end": end})
        assert refused.status_code == 422, (start, end)


def test_recordings_that_nothing_refers_to_go_after_a_while(service, upload):
    old, used, new = (upload(0.5)["id"] for _ in range(3))
    half = service.recordings.incoming("broken off.wav")
    for folder in (service.recordings.folder / old, service.recordings.folder / used, half.parent):
        os.utime(folder, (time.time() - 100, time.time() - 100))
    service.recordings.prune({used}, keep_unused_s=50)
    assert {entry.name for entry in service.recordings.folder.iterdir()} == {used, new}
    with pytest.raises(GoneError):
        service.recordings.get(old)


@given(st.text(max_size=400))
def test_any_name_becomes_a_file_name(name):
    made = safe_name(name)
    assert made
    assert "/" not in made
    assert "\0" not in made
    assert made not in (".", "..")
    assert made.isprintable()
    assert len(made.encode()) <= 120
    assert safe_name(made) == made
