"""From a training to a checkpoint folder that transformers loads as it is."""

from pathlib import Path

import torch

from amarathon.models.small.recipe import feature_extractor
from amarathon.models.small.training.card import FACTS_FILE, TrainingFacts, write_card
from amarathon.models.small.training.loop import BEST, Training
from amarathon.runs.folder import write_atomically

LARGEST_BYTES = 32_000_000


def export(training: Training, out: Path) -> None:
    """Write the best validated weights in half precision, with tokenizer, feature extractor and card.

    The heads that only training has are left out.

    Parameters
    ----------
    training : Training
        Its weights are replaced by the best ones where there are any.
    out : Path
        A folder; made where it is missing.
    """
    position = training.load_best() if (training.folder / BEST).is_file() else training.position
    model = training.lm.model
    model.model.visual = training.image_tower
    try:
        state = {
            name: weight.to(torch.float16).contiguous().cpu() for name, weight in model.state_dict().items()
        }
        if model.config.tie_word_embeddings:
            state.pop("lm_head.weight", None)
        kept = model.config.dtype
        model.config.dtype = torch.float16
        model.save_pretrained(out, state_dict=state)
        model.config.dtype = kept
    finally:
        model.model.visual = None
    training.tokenizer.save_pretrained(out)
    feature_extractor().save_pretrained(out)
    stage = training.recipe.stages[min(position.stage, len(training.recipe.stages) - 1)].name
    facts = TrainingFacts(
        stage=stage,
        stage_step=position.step,
        steps=position.total_steps,
        seed=training.recipe.seed,
        validation=position.scores,
        losses=training.last_losses(position.total_steps),
    )
    write_atomically(out / FACTS_FILE, facts.model_dump_json(indent=2) + "\n")
    write_card(out)
