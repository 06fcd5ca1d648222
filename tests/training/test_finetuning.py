import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from amarathon.audio import load_audio
from amarathon.compression import Configuration
from amarathon.compression import lora as adapters
from amarathon.datasets import load_dataset
from amarathon.errors import ConfigurationError, DatasetError, ModelError
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import embed
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models import load_model
from amarathon.tasks import TASKS
from amarathon.tasks.sample import SampleSet
from amarathon.training.finetuning import LoraRecipe, answer_loss, finetune, write_merged

POOL = Configuration.parse("pool@3").pooling
RECIPE = LoraRecipe(steps=6, rank=2, alpha=16, learning_rate=1e-2, save_every=2)


@pytest.fixture(scope="module")
def small():
    return load_model("small-untrained")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Four questions."""
    folder = tmp_path_factory.mktemp("labelled")
    time, lines = np.arange(16_000) / 16_000, []
    for index in range(4):
        soundfile.write(folder / f"{index}.wav", 0.3 * np.sin(2 * np.pi * (200 + 90 * index) * time), 16_000)
        options = [{"text": text, "label": text} for text in ("One", "Two", "Three", "Four")]
        line = {"file_name": f"{index}.wav", "id": f"q{index}", "task": "SCR", "question": "How many?"}
        lines.append(line | {"options": options} | {"answer": index})
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def labelled(dataset):
    """Those that are trained on."""
    return SampleSet("labelled", load_dataset(dataset).samples[:3])


@pytest.fixture(scope="module")
def unseen(dataset):
    """The one that is not."""
    return load_dataset(dataset).samples[3]


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="module")
def embedded(small, unseen):
    """The unseen question's prompt, pooled."""
    prompt = small.prompt(load_audio(unseen.audio.path), TASKS["SCR"].messages(unseen))
    return embed(small, prompt, torch.cat([part for _, part in small.encode_parts(prompt)]), POOL)


def logits(model, embedded):
    return GreedyDecoder(model, embedded).first_logits(Configuration((POOL,)))


def test_a_fresh_adapter_is_the_identity_and_leaves_no_trace(small, embedded):
    before, names = logits(small, embedded), [name for name, _ in small.model.named_modules()]
    adapters.add_lora(small, rank=4, alpha=8)
    assert torch.equal(logits(small, embedded), before)
    assert not small.model.training
    adapters.remove_lora(small)
    assert [name for name, _ in small.model.named_modules()] == names
    assert torch.equal(logits(small, embedded), before)


def test_only_the_attention_of_the_language_model_is_adapted(small):
    adapters.add_lora(small, rank=4, alpha=8)
    names = list(adapters.adapter_weights(small))
    adapters.remove_lora(small)
    assert len(names) == 8 * 4 * 2
    assert all("self_attn" in name for name in names)
    assert not any("audio_tower" in name or "visual" in name for name in names)


def test_training_lowers_the_loss_and_names_what_it_was(small, labelled):
    card = finetune(small, labelled, "pool@3", "mine", replace(RECIPE, steps=15))
    assert np.mean(card.losses[-3:]) < np.mean(card.losses[:3])
    assert (card.model, card.shortening, len(card.recordings)) == ("small-untrained", "pool@3", 3)
    assert card.revision == small.identity.revision
    assert adapters.load_card("mine") == card


def test_a_trained_adapter_answers_under_its_name_and_only_there(small, labelled, unseen, embedded):
    plain = logits(small, embedded)
    card = finetune(small, labelled, "pool@3", "mine", RECIPE)
    adapters.load_lora(small, card)
    adapted = logits(small, embedded)
    adapters.remove_lora(small)
    assert not torch.allclose(adapted, plain, atol=1e-2)
    assert torch.equal(logits(small, embedded), plain)
    audio, messages = load_audio(unseen.audio.path), TASKS["SCR"].messages(unseen)
    names = ["vanilla", "pool@3:lora=mine+frame@0.5", "pool@3", "pool@3:lora=nobody"]
    together = outcomes(small, audio, messages, names, shared=True)
    alone = [outcomes(small, audio, messages, [name])[0] for name in names]
    assert [outcome.reply for outcome in together] == [outcome.reply for outcome in alone]
    assert [outcome.configuration for outcome in together] == names
    assert [outcome.error is None for outcome in together] == [True, True, True, False]
    assert "no finished LoRA adapter 'nobody'" in together[3].error


def outcomes(model, audio, messages, names, **more):
    events = sweep(model, audio, messages, names, max_new_tokens=4, **more)
    found = [event for event in events if isinstance(event, Outcome)]
    return sorted(found, key=lambda outcome: names.index(outcome.configuration))


def test_a_recording_it_was_trained_on_is_not_answered_with_it(small, labelled):
    finetune(small, labelled, "pool@3", "mine", replace(RECIPE, steps=1))
    sample = labelled.samples[0]
    [refused] = outcomes(
        small, load_audio(sample.audio.path), TASKS["SCR"].messages(sample), ["pool@3:lora=mine"]
    )
    assert "trained on this recording" in refused.error


def test_merged_weights_answer_as_the_adapter_does(small, labelled, embedded, tmp_path):
    card = finetune(small, labelled, "pool@3", "mine", RECIPE)
    adapters.load_lora(small, card)
    unmerged = logits(small, embedded)
    adapters.remove_lora(small)
    write_merged(load_model("small-untrained"), "mine", tmp_path / "merged")
    merged = load_model(str(tmp_path / "merged"))
    torch.testing.assert_close(logits(merged, embedded), unmerged, rtol=1e-4, atol=1e-4)
    with pytest.raises(ModelError, match="not empty"):
        write_merged(load_model("small-untrained"), "mine", tmp_path / "merged")
    assert merged.identity.revision != small.identity.revision
    with pytest.raises(ConfigurationError, match="was trained upon small"):
        adapters.load_lora(merged, card)


def test_a_training_that_stopped_goes_on_as_if_it_had_not(small, labelled):
    whole = finetune(small, labelled, "pool@3", "whole", RECIPE)

    def stop(done, loss):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(small, labelled, "pool@3", "halted", RECIPE, stop)
    seen = []
    halted = finetune(small, labelled, "pool@3", "halted", RECIPE, lambda done, loss: seen.append(done))
    assert seen == [5, 6]  # the last checkpoint was at 4
    assert halted.losses == whole.losses
    assert halted.weights_sha256 == whole.weights_sha256


def test_another_training_does_not_go_on_from_a_checkpoint(small, labelled):
    def stop(done, loss):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(small, labelled, "pool@3", "mine", RECIPE, stop)
    for changed in ({"seed": 1}, {"rank": 4}):
        with pytest.raises(ConfigurationError, match="another recipe"):
            finetune(small, labelled, "pool@3", "mine", replace(RECIPE, **changed))
    with pytest.raises(ConfigurationError, match="another shortening"):
        finetune(small, labelled, "pool@2", "mine", RECIPE)


@pytest.mark.parametrize("name", ["none", "../x", "", "A b"])
def test_names_that_cannot_be(small, labelled, name):
    with pytest.raises(ConfigurationError, match="cannot be an adapter's name"):
        finetune(small, labelled, "pool@3", name, RECIPE)


def test_what_is_refused_before_any_training(small, labelled, data):
    for configuration in ("vanilla", "frame@0.5", "pool@3+frame@0.5", "pool@3:lora=x"):
        with pytest.raises(ConfigurationError):
            finetune(small, labelled, configuration, "mine", RECIPE)
    with pytest.raises(DatasetError, match="no sample with a right option"):
        finetune(
            small, SampleSet("none", (replace(labelled.samples[0], answer=None),)), "pool@3", "mine", RECIPE
        )
    finetune(small, labelled, "pool@3", "mine", replace(RECIPE, steps=1))
    with pytest.raises(ConfigurationError, match="already"):
        finetune(small, labelled, "pool@3", "mine", RECIPE)


def test_changed_weights_and_another_factor_are_refused(small, labelled, data):
    finetune(small, labelled, "pool@3", "mine", replace(RECIPE, steps=1))
    for wrong in ("pool@2:lora=mine", "downsample@3:lora=mine"):
        with (
            pytest.raises(ConfigurationError, match="trained for pool@3, not for"),
            adapters.adapted(small, Configuration.parse(wrong).pooling),
        ):
            pass
    weights = data / "adapters" / "mine" / adapters.WEIGHTS_FILE
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with (
        pytest.raises(ConfigurationError, match="not its card's"),
        adapters.adapted(small, Configuration.parse("pool@3:lora=mine").pooling),
    ):
        pass


def test_the_loss_is_that_of_the_models_own_logits(small, embedded):
    """One target token: cross-entropy of the logits that answering sees."""
    target = torch.tensor([7])
    with torch.no_grad():
        loss = answer_loss(small, embedded, target)
    expected = -logits(small, embedded).log_softmax(-1)[7]
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-4)


def test_names_say_whether_there_is_an_adapter():
    plain, tuned = Configuration.parse("pool@3"), Configuration.parse("pool@3:lora=mine")
    assert Configuration.parse(tuned.name) == tuned
    assert (plain.name, tuned.name) == ("pool@3", "pool@3:lora=mine")
    assert plain.steps[0].label == "Average pooling, no LoRA"
    assert tuned.steps[0].label == "Average pooling, LoRA mine"
    assert Configuration.parse("pool@3:lora=none").name == "pool@3"


def test_the_commands(dataset, data, tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", "from amarathon.cli import main; main()", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            check=False,
        )

    trained = run("finetune", "--dataset", dataset, "--name", "mine", "--steps", 2, "--rank", 2)
    assert trained.returncode == 0, trained.stderr
    assert "use pool@3:lora=mine" in trained.stdout
    merged = run("merge", "mine", "--out", tmp_path / "merged")
    assert merged.returncode == 0, merged.stderr
    assert (tmp_path / "merged" / "model.safetensors").exists()
