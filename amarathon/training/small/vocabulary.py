"""The trained model's tokenizer: every word of the tasks is one token, every other text is bytes."""

from string import Formatter

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from amarathon.construction.mini.made_events import MAKERS
from amarathon.construction.mini.recordings import RECORDED
from amarathon.construction.mini.scenes import SCENES
from amarathon.construction.mini.vocabulary import CLASSES, DICTATION, FACTS, MENTIONS, QUESTIONS
from amarathon.models.small.recipe import SPECIAL_TOKENS, wrapped
from amarathon.tasks import TASKS
from amarathon.tasks.sample import OPTION_LETTERS


def task_tokenizer() -> PreTrainedTokenizerFast:
    """Make the tokenizer; the same every time.

    A word in the vocabulary is taken whole (``ignore_merges``), so no merges are needed; a word
    that is not falls to its bytes.
    """
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words = {piece for line in _lines() for piece, _ in split.pre_tokenize_str(line)}
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*SPECIAL_TOKENS, *alphabet, *sorted(words - set(alphabet))]
    model = models.BPE(
        vocab={token: number for number, token in enumerate(tokens)}, merges=[], ignore_merges=True
    )
    tokenizer = Tokenizer(model)
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.ByteLevel()
    return wrapped(tokenizer)


def _lines() -> list[str]:
    lines = ["system\n", "user\n", "assistant\n", *OPTION_LETTERS, *OPTION_LETTERS.lower()]
    for task in TASKS.values():
        lines += [task.prompt.system, task.question]
        form = task.prompt.option or "{letter}{text}"
        options = "\n".join(form.format(letter=letter, text=" ") for letter in task.letters)
        lines.append(task.prompt.user.format(question=task.question, options=options))
        lines += [f": {form}" for label in task.labels for form in (label, label.capitalize())]
    shown = [name.replace("_", " ") for name in (*SCENES, *RECORDED, *MAKERS)]
    lines += [f": {form}" for name in shown for form in (name, name.capitalize())]
    # A word is spoken behind a space, and begins a sentence or not.
    words = {word for group in CLASSES.values() for word in group}
    templates = [text for group in (MENTIONS, FACTS) for texts in group.values() for text in texts]
    for template in (*DICTATION, *templates):
        words.update("".join(text for text, _, _, _ in Formatter().parse(template)).replace(".", "").split())
    lines += [f" {form}" for word in words for form in (word, word[0].upper() + word[1:])]
    lines += [f"{text} " for pair in QUESTIONS.values() for text in pair]
    lines += [f" {kind}" for kind in CLASSES]
    lines += ["Which person is named in the recording?", "Spoken Content: a, b. c?"]
    return [line.replace("{", " ").replace("}", " ") for line in lines]
