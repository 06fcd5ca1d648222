"""From a training to a checkpoint folder that transformers loads as it is."""

import copy
from pathlib import Path

import torch

from amarathon.files import write_atomically
from amarathon.models.small.recipe import feature_extractor
from amarathon.training.small.card import FACTS_FILE, TrainingFacts, write_card
from amarathon.training.small.loop import BEST, Training

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
    # A copy: the weights in training stay as they are, and the configuration names the type of its weights.
    model = copy.deepcopy(training.lm.model)
    model.model.visual = copy.deepcopy(training.image_tower)
    model.to(torch.float16).save_pretrained(out)
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
