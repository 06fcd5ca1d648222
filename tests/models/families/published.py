"""Checkpoint folders in the form in which a family's authors publish them."""

import json
import re

from safetensors.torch import load_file, save_file

# Where Aero's names for its weights differ from those that transformers writes for a Qwen2-Audio.
AERO_NAMES = ((r"^model\.", ""), (r"^multi_modal_projector", "audio_modal_projector"))


def published(lm, folder):
    """Write a tiny model as a checkpoint folder."""
    for part in (lm.model, lm.tokenizer, lm.feature_extractor):
        part.save_pretrained(folder)
    if lm.identity.adapter == "aero":
        as_aero(lm, folder)


def as_aero(lm, folder):
    """As lmms-engine writes it: its own names, and code of its own beside them, which must not be run."""
    weights = load_file(folder / "model.safetensors")
    save_file(
        {aero_name(name): weight for name, weight in weights.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    made = lm.model.config.to_dict()
    fields = {
        "model_type": "aero",
        "auto_map": {
            "AutoConfig": "configuration_aero.AeroConfig",
            "AutoModelForCausalLM": "modeling_aero.AeroForConditionalGeneration",
        },
        "audio_config": made["audio_config"],
        "text_config": made["text_config"],
        "audio_token_index": lm.family.audio_token_id(lm.model.config),
    }
    (folder / "config.json").write_text(json.dumps(fields), encoding="utf-8")
    for name in ("configuration_aero.py", "modeling_aero.py"):
        (folder / name).write_text("raise SystemExit('remote code was run')\n", encoding="utf-8")


def aero_name(name):
    for ours, theirs in AERO_NAMES:
        name = re.sub(ours, theirs, name)
    if name.startswith("lm_head."):
        return f"language_model.{name}"
    if name.startswith("language_model.") and not name.startswith(
        ("language_model.model.", "language_model.lm_head.")
    ):
        return name.replace("language_model.", "language_model.model.", 1)
    return name
