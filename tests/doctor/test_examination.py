"""The doctor on tiny models of real classes: sound ones pass, planted faults are found."""

from types import SimpleNamespace

import pytest
from transformers import Gemma3nConfig, Gemma3nVisionConfig

from amarathon.compression import METHODS
from amarathon.doctor import examination
from amarathon.doctor.examination import COMPOSED, Finding, examine
from amarathon.doctor.facts import facts_of
from tests.models.families import faults
from tests.models.families.tiny import tiny

FAMILY = "qwen2_audio"
FAULTS = tuple(dict.fromkeys(fault for fault, _, _ in faults.FAULTS))


@pytest.fixture(scope="module")
def findings():
    return list(examine(tiny(FAMILY)))


def test_a_sound_model_passes_every_check_under_every_method(findings):
    assert {finding.verdict for finding in findings} == {"passed"}
    assert {finding.check for finding in findings} == {
        "prompt", "ratio 0", "steps", "generate", "own loop", "turn", "shared"
    }  # fmt: skip
    named = {finding.configuration.partition("@")[0] for finding in findings}
    assert named >= {"vanilla", *METHODS}
    assert {finding.configuration for finding in findings} >= set(COMPOSED)
    for method in METHODS.values():
        kinds = {
            finding.attention
            for finding in findings
            if finding.configuration.startswith(f"{method.name}@") and finding.check == "steps"
        }
        assert kinds == {"sdpa", "eager"}, method.name
    assert max(finding.difference for finding in findings) < 1e-3


def test_budgets_and_cache_shares_are_reported(findings):
    found = {(finding.configuration, finding.check): finding for finding in findings}
    assert found["frame@0.6", "steps"].kept_tokens == found["frame@0.6", "steps"].audio_tokens * 2 // 5
    assert found["knorm@0.6", "own loop"].cache_share == pytest.approx(0.4, abs=0.02)
    assert found["vanilla", "own loop"].cache_share is None


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_found(fault, monkeypatch):
    fault(FAMILY, monkeypatch)
    found = next(finding for finding in examine(tiny(FAMILY)) if finding.verdict == "failed")
    assert found.detail


def test_what_a_model_refuses_is_said_and_the_next_layer_taken():
    config = Gemma3nConfig(vision_config=Gemma3nVisionConfig())
    taken = list(examination._methods(SimpleNamespace(model=SimpleNamespace(config=config))))
    refused = [found for found in taken if isinstance(found, Finding)]
    assert [found.configuration for found in refused] == [
        "fastv@0.6", "headrouter@0.6", "segmentwise@0.6", "adakv@0.6"
    ]  # fmt: skip
    assert {found.verdict for found in refused} == {"undefined"}
    assert "sees the last 512 tokens only" in refused[0].detail
    names = [found.name for found in taken if not isinstance(found, Finding)]
    assert {"frame@0.6", "fastv@0.6:layer=5", "headrouter@0.6:layer=5", "tova@0.6"} <= set(names)
    assert len(names) == len(METHODS) - 1


def test_facts_count_memory_in_the_published_dtype():
    lm = tiny(FAMILY)
    facts = facts_of(lm)
    assert facts.family == "Qwen2-Audio"
    assert facts.longest_audio_tokens == 7500
    assert facts.weight_bytes == 2 * facts.parameters
    # Keys and values of 2 heads of 8 dimensions in 4 layers, 2 bytes each.
    assert facts.cache_bytes == 2 * 7500 * 2 * 8 * 4 * 2
    assert facts.free_bytes > 0
