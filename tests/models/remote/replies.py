"""Bodies as services send them."""


def chat(text="A", model="gpt-audio-1.5", finish="stop", refusal=None, audio_tokens=40):
    usage = {"prompt_tokens": audio_tokens + 60, "completion_tokens": 1, "total_tokens": audio_tokens + 61}
    details = {"prompt_tokens_details": {"audio_tokens": audio_tokens, "cached_tokens": 0}}
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "finish_reason": finish, "logprobs": None, "message": message}],
        "usage": usage | details,
    }


def gemini(text="A", model="gemini-2.5-flash-lite", finish="STOP", thoughts=0, audio_tokens=128):
    content = {"role": "model", "parts": [] if text is None else [{"text": text}]}
    usage = {
        "promptTokenCount": audio_tokens + 60,
        "candidatesTokenCount": 1,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": audio_tokens + 61 + thoughts,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 60},
            {"modality": "AUDIO", "tokenCount": audio_tokens},
        ],
    }
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "modelVersion": model,
        "responseId": "resp_1",
        "usageMetadata": usage,
    }


def gemini_blocked(reason, model="gemini-2.5-flash-lite"):
    return {"promptFeedback": {"blockReason": reason}, "modelVersion": model}


def failure(status, code=None, message="no", headers=()):
    """What a service answers instead: status, headers and body, which both wire forms read."""
    error = {"message": message, "code": code or status, "status": "X", "type": "t"}
    return status, tuple(headers), {"error": error}
