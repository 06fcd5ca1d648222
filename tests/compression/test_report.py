"""The report is read from the device when it is looked at: a prefill does not wait for it."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from amarathon.compression import Configuration, compress
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.compressor import Compressor
from amarathon.compression.methods.frame import Frame
from amarathon.errors import ConfigurationError
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from tests.compression.replies import prepared_prompt
from tests.compression.tiny import tiny_thinker

# What a device must be waited for by.
READS = {"aten._local_scalar_dense.default", "aten.nonzero.default", "aten.equal.default"}


class Reads(TorchDispatchMode):
    """Counts reads of values from the device, `tolist` among them."""

    def __init__(self, monkeypatch):
        super().__init__()
        self.count = 0
        real = torch.Tensor.tolist

        def tolist(tensor):
            self.count += 1
            return real(tensor)

        monkeypatch.setattr(torch.Tensor, "tolist", tolist)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += str(function) in READS
        return function(*args, **(kwargs or {}))


def reads_of_a_prefill(name, layers, monkeypatch):
    lm = tiny_thinker(layers=layers)
    _, prompt, _, embeddings = prepared_prompt()
    embedded = EmbeddedPrompt(embeddings, AudioPositions.plain(prompt.audio_positions))
    with monkeypatch.context() as patch, Reads(patch) as reads:
        GreedyDecoder(lm, embedded).first_logits(Configuration.parse(name))
    return reads.count


@pytest.mark.parametrize("name", ["frame@0.6", "fastv@0.6", "knorm@0.5", "tova@0.5", "frame@0.6+snapkv@0.5"])
def test_a_prefill_reads_no_more_from_the_device_the_deeper_the_model_is(name, monkeypatch):
    shallow, deep = (reads_of_a_prefill(name, layers, monkeypatch) for layers in (5, 9))
    assert deep == shallow
    plain = reads_of_a_prefill("vanilla", 5, monkeypatch)
    # Where the audio is and what stays, and none for each layer or each slice of time.
    assert shallow <= plain + 3


def test_a_report_can_be_read_late_and_is_then_kept():
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, "frame@0.6+knorm@0.5") as report, torch.no_grad():
        lm.model(**inputs)
    first = report.kept_indices, report.kept_spans, report.kept_map
    assert [len(part) for part in first] == [20, 20, 5]
    assert (report.kept_indices, report.kept_spans, report.kept_map) == first


class Guarded(Frame):
    """A method that was made with some recordings."""

    def check_recording(self, pcm_sha256):
        if pcm_sha256 == "seen":
            raise ConfigurationError("It was made with this recording.")


def test_recordings_that_a_method_knows_are_refused_wherever_it_is_used():
    """No caller has to remember to check: compressing a known recording is refused."""
    lm, prompt, _, embeddings = prepared_prompt()
    configuration = Configuration((Guarded(amount=Configuration.parse("frame@0.5").steps[0].amount),))
    for recording, refused in (("seen", True), ("new", False), ("", False)):
        audio_positions = AudioPositions.plain(prompt.audio_positions, pcm_sha256=recording)
        embedded = EmbeddedPrompt(embeddings, audio_positions)
        if refused:
            with pytest.raises(ConfigurationError, match="made with this recording"):
                GreedyDecoder(lm, embedded).first_logits(configuration)
            with pytest.raises(ConfigurationError, match="made with this recording"):
                Compressor(lm.model, configuration, audio_positions)
        else:
            GreedyDecoder(lm, embedded).first_logits(configuration)


@pytest.mark.parametrize("name", ["fastv@0.6", "segmentwise@0.6", "headrouter@0.6"])
def test_the_attention_that_a_method_ranked_by_is_a_curve_over_time(name):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, name) as report, torch.no_grad():
        lm.model(**inputs)
    curve = torch.tensor(report.attention_curve)
    assert len(curve) == report.audio_tokens  # fewer tokens than slices: one each
    assert curve.sum().item() == pytest.approx(1)
    if name != "segmentwise@0.6":
        kept = torch.zeros(len(curve), dtype=torch.bool)
        kept[report.kept_indices] = True
        assert curve[kept].min() >= curve[~kept].max()


@pytest.mark.parametrize("name", ["vanilla", "frame@0.6", "dart@0.6", "snapkv@0.5"])
def test_methods_that_do_not_prune_by_attention_have_no_curve(name):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, name) as report, torch.no_grad():
        lm.model(**inputs)
    assert report.attention_curve == []
