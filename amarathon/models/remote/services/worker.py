"""Foreign code in an environment of its own, behind the same chat completions on this machine."""

from amarathon.models.remote.service import Service

SERVICE = Service(
    name="worker",
    title="a worker",
    wire="worker",
    extra="openai",
    # Its token is made anew at each start.
    key_variable="",
    max_audio_s=3600.0,
    tokens_per_second=25.0,
    look_up="list",
    keeps="It runs as you do: what its code does is its own affair.",
    example="./my_model.py",
)
