"""Models that ask a stand-in, and a recording to ask about."""

import hashlib
from dataclasses import replace

import numpy as np

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo
from amarathon.audio.types import to_pcm16
from amarathon.models.remote import Address, ServiceOptions
from amarathon.models.remote.connecting import connect
from amarathon.models.remote.services import SERVICES
from amarathon.tasks import TASKS

KEY = "sk-secret-0123456789"
MODELS = {
    "openai": "gpt-audio-1.5",
    "azure": "mine",
    "mistral": "voxtral-small-latest",
    "gemini": "gemini-2.5-flash-lite",
    "served": "Qwen2.5-Omni-7B",
}
MESSAGES = TASKS["SCR"].free_messages("Why did they leave?", ["rain", "fire", "snow", "wind"])


def recording(seconds=4.0, seed=1):
    """Noise."""
    sound = np.random.default_rng(seed).standard_normal(int(SAMPLE_RATE * seconds))
    samples = (0.1 * sound).astype(np.float32)
    digest = hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest()
    info = AudioInfo("WAV", "pcm_16", SAMPLE_RATE, 1, seconds, 0)
    return Audio(samples, digest, digest, info)


AUDIO = recording()


def address(kind, it, model=None):
    """A service's address, but at the stand-in."""
    service = SERVICES[kind]
    path = {"served": "/v1", "gemini": ""}.get(kind, service.endpoint_path or "/v1")
    if kind == "served":
        return Address(service, model or MODELS[kind], it.url + path)
    moved = replace(service, base_url=it.url + path, endpoint_variable=None)
    return Address(moved, model or MODELS[kind])


def ask(model, audio=AUDIO, max_new_tokens=16):
    return model.respond(audio, MESSAGES, max_new_tokens=max_new_tokens)


def model_at(kind, it, model=None, **options):
    """A model of a service that asks the stand-in."""
    return connect(address(kind, it, model), ServiceOptions(**options))
