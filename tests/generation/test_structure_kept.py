"""Marks that a tokenizer counts among its control tokens come through to whoever reads the reply."""

import re

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from amarathon.answers import read_answer
from amarathon.answers.thoughts import without_thoughts
from amarathon.models.open_model import OpenModel
from tests.answers.test_structure import EMOTIONS, ENCLOSED, NO_ANSWER, THOUGHTS, TURNS, fill

# Whatever models enclose in brackets is a control token of some of them; HTML is of none, and a call is
# read without its element.
_MARK = re.compile(r"<(?!/?(?:del|tool_call)>)[^<>\s=]{1,40}>|\[/?[A-Za-z]{2,20}\]|\u25c1[^\u25b7]+\u25b7")
FORMS = [form for form in (*THOUGHTS, *TURNS, *ENCLOSED) if _MARK.search(form)]
END, PAD, AUDIO = "<|the_end|>", "<|padding|>", "<|AUDIO|>"


class Written:
    """What a model has of a tokenizer: bytes, and control tokens."""

    def __init__(self, marks):
        characters = sorted(pre_tokenizers.ByteLevel.alphabet())
        raw = Tokenizer(models.BPE(vocab={each: number for number, each in enumerate(characters)}, merges=[]))
        raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        raw.decoder = decoders.ByteLevel()
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw)
        self.tokenizer.add_special_tokens(
            {"eos_token": END, "pad_token": PAD, "extra_special_tokens": [AUDIO, *marks]}
        )
        self.stop_token_ids = frozenset({self.tokenizer.eos_token_id})

    def said(self, text):
        tokens = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return OpenModel.text(self, tokens)


def marks_of(form):
    return sorted(set(_MARK.findall(form)))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_as_the_reply_where_its_marks_are_control_tokens(form):
    model = Written(marks_of(form))
    said = model.said(fill(form, "B") + END)
    assert read_answer(said, EMOTIONS) == 1
    assert without_thoughts(said).split() == without_thoughts(fill(form, "B")).split()


@pytest.mark.parametrize("form", [form for form in NO_ANSWER if _MARK.search(form)])
def test_what_has_no_answer_has_none(form):
    assert read_answer(Written(marks_of(form)).said(form), EMOTIONS) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"The answer is B.{END}", "The answer is B."),
        (f" The answer is B.{END}{END}", "The answer is B."),
        (f"The answer{AUDIO} is{PAD} B.", "The answer is B."),
        (f"{PAD}[THINK]A[/THINK]{AUDIO}B{END}", "[THINK]A[/THINK]B"),
        ("caf\u00e9 \u7b54\u6848\u662fB", "caf\u00e9 \u7b54\u6848\u662fB"),
        (END, ""),
        ("", ""),
    ],
)
def test_other_control_tokens_are_not_said(text, said):
    assert Written(["[THINK]", "[/THINK]"]).said(text) == said
