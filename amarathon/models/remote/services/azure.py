"""OpenAI's models in one's own Azure resource: the deployment is the model's name."""

from amarathon.models.remote.service import Service
from amarathon.models.remote.services import openai

SERVICE = Service(
    name="azure",
    title="Azure OpenAI",
    wire="chat",
    extra="openai",
    key_variable="AZURE_OPENAI_API_KEY",
    endpoint_variable="AZURE_OPENAI_ENDPOINT",
    endpoint_path="/openai/v1",
    key_header="api-key",
    max_audio_s=openai.SERVICE.max_audio_s,
    max_bytes=openai.SERVICE.max_bytes,
    forms=openai.SERVICE.forms,
    tokens_per_second=openai.SERVICE.tokens_per_second,
    # A deployment has a name of its own, which the list of models does not know.
    look_up="none",
    bound_field=openai.SERVICE.bound_field,
    body=openai.SERVICE.body,
    keeps="What it keeps is set in the resource.",
    example="DEPLOYMENT",
)
