"""Random methods: one sample, seed and configuration keep one set of places, and other samples others."""

import hashlib
from dataclasses import replace

import pytest
import torch

from amarathon.audio import AudioLimits
from amarathon.audio.types import to_pcm16
from amarathon.compression import compress
from amarathon.compression.seeding import digest_of, recording_seed
from amarathon.efficiency.measuring import MeasurementRequest, answer_once
from amarathon.errors import RunError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.families import FAMILIES
from amarathon.runs import answering, evaluate, read_run
from amarathon.runs.ahead import load_sample
from amarathon.runs.engines.local import LocalEngine
from amarathon.runs.engines.ray import _Worker
from amarathon.tasks import TASKS
from tests.compression.tiny import QUESTIONS, noise, tiny_thinker
from tests.models.families.tiny import TINY, tiny

RANDOM = ["random@0.5", "randomkv@0.5"]
MESSAGES = QUESTIONS[0][0].free_messages("", [])


def kept(outcome):
    return outcome.kept_indices, outcome.kept_map


def swept(audio, names=RANDOM, messages=MESSAGES, **more):
    events = sweep(tiny_thinker(), audio, messages, names, max_new_tokens=2, **more)
    return {event.configuration: kept(event) for event in events if isinstance(event, Outcome)}


class InThisProcess:
    """Ray's worker, without its cluster."""

    name = "ray"

    def workers(self, lm):
        local = LocalEngine().workers(lm)
        worker = _Worker(lambda: lm)

        class Workers:
            def __enter__(self):
                self._inside = local.__enter__()
                self.identity, self.compresses = self._inside.identity, self._inside.compresses
                self.environment, self.remote = self._inside.environment, self._inside.remote
                return self

            def __exit__(self, *error):
                return local.__exit__(*error)

            def answer(self, jobs, *, seed, limits, on_stage):
                for job in reversed(list(jobs)):
                    yield from worker.answer(job, seed, limits)

        return Workers()


def evaluated(samples, folder, monkeypatch, names=RANDOM, engine="local", seed=0):
    """What each sample kept under each configuration of an evaluation."""
    found = {}
    real = answering.sweep

    def listening(*args, recording, **more):
        for event in real(*args, recording=recording, **more):
            if isinstance(event, Outcome):
                found[recording, event.configuration] = kept(event)
            yield event

    with monkeypatch.context() as patch:
        patch.setattr(answering, "sweep", listening)
        evaluate(tiny_thinker(), samples, names, folder, engine=engine, seed=seed)
    return found


def test_recordings_of_one_length_do_not_keep_the_same_positions(samples, tmp_path, monkeypatch):
    found = evaluated(samples[:3], tmp_path / "run", monkeypatch)
    for name in RANDOM:
        assert len({str(found[sample.id, name]) for sample in samples[:3]}) == 3
    assert read_run(tmp_path / "run").header.seeding == "sample"


def test_a_sample_keeps_the_same_positions_alone_in_a_sweep_and_on_every_engine(
    samples, tmp_path, monkeypatch
):
    whole = evaluated(samples[:3], tmp_path / "whole", monkeypatch)
    again = evaluated(samples[:3], tmp_path / "again", monkeypatch, [*RANDOM, "frame@0.6"], InThisProcess())
    assert {key: again[key] for key in whole} == whole
    assert evaluated(samples[:3], tmp_path / "other", monkeypatch, seed=1).items().isdisjoint(whole.items())
    for name in RANDOM:
        alone = evaluated(samples[1:2], tmp_path / name, monkeypatch, [name])
        assert alone == {(samples[1].id, name): whole[samples[1].id, name]}
        task = TASKS["SCR"]
        audio = load_sample(samples[1], AudioLimits())
        prepared = MeasurementRequest(audio, task.messages(samples[1]), name, 2, recording=samples[1].id)
        assert kept(answer_once(tiny_thinker(), prepared).outcome) == whole[samples[1].id, name]


def test_without_an_id_the_sound_counts():
    first, second = noise(1.0), noise(1.0, seed=1)
    assert swept(first) == swept(first) == swept(first, shared=True)
    assert swept(first) == {name: swept(first, [name])[name] for name in RANDOM}
    stated = replace(first, pcm_sha256=hashlib.sha256(to_pcm16(first.samples).tobytes()).hexdigest())
    assert swept(first) == swept(stated) == swept(first, recording=stated.pcm_sha256)
    assert swept(first, seed=1)["random@0.5"] != swept(first)["random@0.5"]
    for name, kept_positions in swept(second).items():
        assert kept_positions != swept(first)[name]


@pytest.mark.parametrize("family", TINY)
@pytest.mark.parametrize("embedded", [False, True])
def test_a_library_call_mixes_what_it_hears(family, embedded):
    lm = tiny(family)

    def kept_positions(audio, **more):
        prompt = lm.prompt(audio, MESSAGES)
        inputs, positions = lm.forward_inputs(prompt), None
        if embedded:
            parts = torch.cat([part for _, part in lm.encode_parts(prompt)])
            inputs = {"inputs_embeds": lm.embed(prompt, parts), **lm.extra_forward_inputs(prompt.input_ids)}
            positions = prompt.audio_positions
        with torch.no_grad(), compress(lm.model, "random@0.5", audio_positions=positions, **more) as report:
            lm.model(**inputs, use_cache=True)
            first = report.kept_indices
            lm.model(**inputs, use_cache=True)
        assert report.kept_indices == first
        return first

    first, second = noise(2.0), noise(2.0, seed=1)
    assert kept_positions(first) == kept_positions(first) != kept_positions(second)
    assert kept_positions(first, seed=1) != kept_positions(first)
    assert (
        kept_positions(first, recording="a")
        == kept_positions(second, recording="a")
        != kept_positions(first, recording="b")
    )
    assert len(FAMILIES) >= len(TINY)


def test_a_name_gives_the_same_positions_in_a_library_call_and_in_a_sweep():
    lm, audio = tiny_thinker(), noise(1.0)
    with torch.no_grad(), compress(lm.model, "random@0.5", recording="s7") as report:
        lm.model(**lm.forward_inputs(lm.prompt(audio, MESSAGES)), use_cache=True)
    assert tuple(report.kept_indices) == swept(audio, recording="s7")["random@0.5"][0]


def test_seeds_are_spread_and_differ_by_every_part():
    seeds = {recording_seed(seed, name) for seed in range(20) for name in ("", "a", "b", "ab", "1", "1a")}
    assert len(seeds) == 120
    assert all(0 <= seed < 2**62 for seed in seeds)
    assert max(seeds) > 2**60


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64])
def test_a_digest_is_of_values(dtype):
    values = torch.arange(12).view(3, 4).to(dtype)
    assert digest_of(values) == digest_of(values.T.contiguous().T)
    assert digest_of(values) != digest_of(values + 1)


def from_before(folder):
    """Make a run one that knew no seeding, as runs were."""
    lines = (folder / "run.json").read_text().splitlines(keepends=True)
    (folder / "run.json").write_text("".join(line for line in lines if '"seeding"' not in line))


def test_a_run_of_before_is_read_and_goes_on_but_not_with_other_draws(samples, tmp_path):
    names, folder = ["random@0.5", "frame@0.5"], tmp_path / "run"
    evaluate(tiny_thinker(), samples[:2], names, folder)
    from_before(folder)
    assert read_run(folder).header.seeding == "seed"
    # Nothing is left to draw, so nothing is refused.
    assert evaluate(tiny_thinker(), samples[:2], names, folder).answered == 4
    lines = (folder / "predictions.jsonl").read_text().splitlines(keepends=True)
    fixed = [line for line in lines if '"frame@0.5"' in line]
    random_lines = [line for line in lines if '"random@0.5"' in line]
    (folder / "predictions.jsonl").write_text("".join([*random_lines, fixed[0]]))
    assert evaluate(tiny_thinker(), samples[:2], names, folder).answered == 4
    assert read_run(folder).header.seeding == "seed"
    (folder / "predictions.jsonl").write_text("".join([*fixed, random_lines[0]]))
    with pytest.raises(RunError, match="random draws by its seed alone, not its seed and each sample's id; "):
        evaluate(tiny_thinker(), samples[:2], names, folder)
    assert len((folder / "predictions.jsonl").read_text().splitlines()) == 3


def test_two_questions_about_one_recording_draw_for_themselves(samples, tmp_path, monkeypatch):
    twin = replace(samples[0], id="twin")
    found = evaluated([samples[0], twin], tmp_path / "run", monkeypatch, ["random@0.5"])
    assert found["twin", "random@0.5"] != found["s0", "random@0.5"]
