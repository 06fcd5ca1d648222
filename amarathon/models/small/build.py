"""Write the small model as a checkpoint folder, or make its tokenizer anew.

``python -m amarathon.models.small.build FOLDER`` writes configuration, weights, tokenizer and
feature extractor. ``--tokenizer`` first trains the byte-level BPE on the tasks' prompts and labels
and writes it beside this file; existing weights then no longer fit.
"""

import argparse
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from amarathon.models.small import SEED, recipe
from amarathon.tasks import TASKS, Task
from amarathon.tasks.sample import OPTION_LETTERS

VOCABULARY_SIZE = 740


def train_tokenizer() -> Tokenizer:
    """Byte-level BPE in which the words of all prompts and labels are tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        special_tokens=list(recipe.SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([line for task in TASKS.values() for line in _lines(task)], trainer)
    return tokenizer


def _lines(task: Task) -> list[str]:
    roles = ["system\n", "user\n", "assistant\n"]
    letters = [f"{letter}: {letter}) {letter}" for letter in OPTION_LETTERS]
    return [*roles, *letters, task.prompt.system, task.prompt.user, task.question, *task.labels]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the checkpoint goes")
    parser.add_argument("--tokenizer", action="store_true", help="train the tokenizer anew first")
    arguments = parser.parse_args()
    if arguments.tokenizer:
        train_tokenizer().save(str(Path(__file__).with_name("tokenizer.json")))
    model = recipe.thinker(SEED)
    model.save_pretrained(arguments.folder)
    recipe.tokenizer().save_pretrained(arguments.folder)
    recipe.feature_extractor().save_pretrained(arguments.folder)


if __name__ == "__main__":
    main()
