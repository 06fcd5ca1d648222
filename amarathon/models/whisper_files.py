"""A checkpoint folder of Whisper tiny.en from its CTranslate2 conversion."""

import json
import shutil
from pathlib import Path
from typing import Any

from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

from amarathon.models.ctranslate2 import decoder_weights, encoder_weights, read_variables

# Ids of an English-only checkpoint's control tokens.
END, START, NO_TIMESTAMPS = 50256, 50257, 50362


def write_checkpoint(source: Path, folder: Path) -> None:
    """Write a folder that plain ``from_pretrained`` loads.

    Parameters
    ----------
    source : Path
        Folder with ``model.bin``, ``config.json`` and ``tokenizer.json``.
    folder : Path
    """
    read = read_variables(source / "model.bin")
    rules = json.loads((source / "config.json").read_text(encoding="utf-8"))
    encoder, decoder = encoder_weights(read), decoder_weights(read)
    model = WhisperForConditionalGeneration(_config(encoder, decoder))
    weights = {f"model.encoder.{name}": values for name, values in encoder.items()}
    weights |= {f"model.decoder.{name}": values for name, values in decoder.items()}
    # The sinusoids stay the class's own, and the output layer is the embeddings.
    model.load_state_dict(weights, strict=False)
    model.generation_config = _generation_config(rules)
    model.half().save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=model.config.num_mel_bins).save_pretrained(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    tokens = {"tokenizer_class": "WhisperTokenizer", "model_max_length": 1024} | dict.fromkeys(
        ("bos_token", "eos_token", "unk_token", "pad_token"), "<|endoftext|>"
    )
    (folder / "tokenizer_config.json").write_text(json.dumps(tokens, indent=2) + "\n", encoding="utf-8")


def _config(encoder: dict[str, Any], decoder: dict[str, Any]) -> WhisperConfig:
    vocabulary, width = decoder["embed_tokens.weight"].shape
    wide = encoder["layers.0.fc1.weight"].shape[0]
    heads = width // 64  # in every size of Whisper
    return WhisperConfig(
        vocab_size=vocabulary,
        d_model=width,
        num_mel_bins=encoder["conv1.weight"].shape[1],
        encoder_layers=_depth(encoder),
        decoder_layers=_depth(decoder),
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=wide,
        decoder_ffn_dim=wide,
        max_target_positions=len(decoder["embed_positions.weight"]),
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=END,
        decoder_start_token_id=START,
    )


def _depth(weights: dict[str, Any]) -> int:
    return sum(name.endswith("fc1.weight") for name in weights)


def _generation_config(rules: dict[str, Any]) -> GenerationConfig:
    """The checkpoint's own rules of decoding."""
    return GenerationConfig(
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=END,
        decoder_start_token_id=START,
        no_timestamps_token_id=NO_TIMESTAMPS,
        suppress_tokens=rules["suppress_ids"],
        begin_suppress_tokens=rules["suppress_ids_begin"],
        alignment_heads=rules["alignment_heads"],
        is_multilingual=False,
        return_timestamps=False,
        max_initial_timestamp_index=50,
        max_length=448,
        prev_sot_token_id=50360,
    )
