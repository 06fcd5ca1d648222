"""A server of one's own with OpenAI's chat completions: vLLM, SGLang, llama.cpp."""

from amarathon.models.remote.service import Service

SERVICE = Service(
    name="served",
    title="a server of your own",
    wire="chat",
    extra="openai",
    key_variable="AMARATHON_API_KEY",
    # What vLLM decodes at most unless it is told otherwise, and the largest file that it takes.
    max_audio_s=600.0,
    max_bytes=25 * 2**20,
    forms=("wav", "flac", "mp3"),
    tokens_per_second=25.0,
    look_up="list",
    body={"temperature": 0, "seed": 0},
    keeps="What it keeps is its operator's affair.",
    example="http://localhost:8000/v1#NAME",
)
