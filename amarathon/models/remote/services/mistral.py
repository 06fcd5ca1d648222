"""Mistral's chat completions, for Voxtral."""

from amarathon.models.remote.service import Service

SERVICE = Service(
    name="mistral",
    title="Mistral",
    wire="chat",
    extra="openai",
    key_variable="MISTRAL_API_KEY",
    base_url="https://api.mistral.ai/v1",
    max_audio_s=2400.0,
    forms=("wav", "mp3"),
    tokens_per_second=12.5,
    body={"temperature": 0, "random_seed": 0},
    sound_is_plain=True,
    keeps="See its terms: what it keeps depends on the plan.",
    example="voxtral-small-latest",
)
