"""A reply's own structure is read before its words: one table of all forms, and what holds for each."""

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amarathon.answers import read_answer
from amarathon.answers.structure import answer_part, transcript_part
from amarathon.answers.thoughts import without_thoughts

EMOTIONS = ["Neutral", "Angry", "Sad", "Happy"]
T = "Let me listen. The speaker might be neutral, so A? Or D: happy. No."

# Each holds a thought T and the reply R.
THOUGHTS = [
    "<think>T</think>R", "<think>\nT\n</think>\n\nR", "T</think>\n\nR", "T\n</think>R",
    "<thinking>T</thinking>\nR", "<Think>T</Think>R", "<think effort=\"high\">T</think>R",
    "[THINK]T[/THINK]R", "<thought>T</thought>R", "<thoughts>T</thoughts>R", "<reasoning>T</reasoning>\nR",
    "<scratchpad>T</scratchpad>R", "<analysis>T</analysis>R",
    "<seed:think>T<seed:cot_budget_reflect>T</seed:cot_budget_reflect>T</seed:think>R",
    "<longcat_think>T</longcat_think>R",
    "\N{WHITE LEFT-POINTING TRIANGLE}think\N{WHITE RIGHT-POINTING TRIANGLE}T"
    "\N{WHITE LEFT-POINTING TRIANGLE}/think\N{WHITE RIGHT-POINTING TRIANGLE}R",
    "<|channel|>analysis<|message|>T<|end|><|start|>assistant<|channel|>final<|message|>R<|return|>",
    "<|channel|>analysis<|message|>T<|end|><|start|>assistant<|channel|>commentary<|message|>T<|end|>"
    "<|start|>assistant<|channel|>final<|message|>R",
    "<|start|>assistant<|channel|>analysis<|message|>T<|end|><|start|>assistant<|channel|>final<|message|>R",
    "analysis<|message|>T<|end|><|start|>assistant<|channel|>final<|message|>R<|return|>",
    "<|channel|>final<|message|>R", "analysisTassistantfinalR", "analysisTassistantfinal\nR",
    "<|channel>thought\nT<channel|>R", "<|im_start|>think\nT\n<|im_start|>answer\nR",
    "<|START_THINKING|>T<|END_THINKING|><|START_RESPONSE|>R<|END_RESPONSE|>",
    "<|begin_of_thought|>T<|end_of_thought|><|begin_of_solution|>R<|end_of_solution|>",
    "<|inner_prefix|>T<|inner_suffix|>R", "<details><summary>Thinking</summary>\nT\n</details>\n\nR",
    "<think>T<think>T</think>T</think>R", "<think>T<think>T</think>R", "<think>T</think><think>T</think>R",
    "<think></think>R", "<think>\n\n</think>\n\nR", "R<think>T</think>", "R\n<think>T",
    "<think>T</think>R<think>T", "<think>The </think> tag must follow. T</think>R",
    "&lt;think&gt;T&lt;/think&gt;R", "Thinking...\nT\n...done thinking.\n\nR",
    "<think>T <answer>A</answer></think>R",
]  # fmt: skip
TURNS = [
    "R<|im_end|>", "R</s>", "<s> R</s>", "R<eos>", "<bos>R<eos>", "R<end_of_turn>", "R<|eot_id|>",
    "R<|end|>", "R<|endoftext|>", "R<|end_of_text|>",
    "R<\N{FULLWIDTH VERTICAL LINE}end\N{LOWER ONE EIGHTH BLOCK}of"
    "\N{LOWER ONE EIGHTH BLOCK}sentence\N{FULLWIDTH VERTICAL LINE}>", "<|im_start|>assistant\nR<|im_end|>",
    "<|assistant|>R<|end|>", "<start_of_turn>model\nR<end_of_turn>",
    "R<|im_end|>\n<|im_start|>user\nT<|im_end|>", "R<|end|><|user|>T", "[INST] T [/INST] R</s>",
]  # fmt: skip
ENCLOSED = [
    "<answer>R</answer>", "T <answer>R</answer>", "<answer>\nR\n</answer>", "<Answer>R</Answer>",
    "<answer>R", "R</answer>", "<answer>R</answer> T", "<final>R</final>", "<final_answer>R</final_answer>",
    "<response>R</response>", "<RESPONSE>R</RESPONSE>", "<CONCLUSION>R</CONCLUSION>",
    "<|begin_of_box|>R<|end_of_box|>", "<response><reasoning>T</reasoning><answer>R</answer></response>",
    "<think>T</think><answer>R</answer>", "<answer><think>T</think>R</answer>", "[ANSWER]R[/ANSWER]",
    "<SUMMARY>T</SUMMARY><CAPTION>T</CAPTION><REASONING>T</REASONING><CONCLUSION>R</CONCLUSION>",
    "<THINK><PLANNING>T</PLANNING><CAPTION>T</CAPTION></THINK><RESPONSE>R</RESPONSE>", "\\boxed{R}",
    "$\\boxed{R}$", "\\[\\boxed{\\text{R}}\\]", "T The answer is \\(\\boxed{\\textbf{R}}\\).",
    "<answer>\\boxed{R}</answer>", "\\boxed{<answer>R</answer>}", "```\nR\n```", "```text\nR\n```",
    '{"answer": "R"}', '{"thought": "T", "answer": "R"}', '{"answer": "R", "reasoning": "T"}',
    '{"final_answer": "R"}', '{"finalAnswer": "R", "answer": "A"}', '```json\n{"answer": "R"}\n```',
    'Here it is:\n```json\n{"answer": "R"}\n```', '[{"answer": "R"}]', '{"answer": ["R"]}',
    '{"choice": "R", "confidence": 0.9}', '{"result": {"answer": "R"}}',
    "{'reasoning': 'T', 'answer': 'R'}", '{"answer": "R", "explanation": "T', '{"selected_option": "R"}',
    '{"name": "submit", "arguments": {"answer": "R"}}',
    '{"name": "submit", "arguments": "{\\"answer\\": \\"R\\"}"}',
    '<tool_call>\n{"name": "submit", "arguments": {"answer": "R"}}\n</tool_call>',
    'submit(answer="R", reasoning="T")', 'submit_answer("R")', '[submit(answer="R")]', "print('R')",
    '<answer>\n```json\n{"answer": "R"}\n```\n</answer>', '<think>\nT\n</think>\n\n{"answer": "R"}',
    "answer: R", "reasoning: T\nanswer: R", "reasoning: |\n  T\n  T\nanswer: R\nconfidence: high",
    "Thought: T\nAnswer: R", "**Reasoning:** T\n\n**Answer:** R", "### Reasoning\nT\n\n### Answer\nR",
    "Answer: R\nExplanation: T", "**Answer**: R\n\n**Explanation**: T\n", "R\n\nReasoning: T",
    "Reasoning: T\n\nR", "Explanation: T\nFinal answer: R", "~~A~~ R", "<del>A</del> R", "<!-- T --> R",
    "- [ ] A\n- [x] R\n- [ ] C\n- [ ] D", "**R**", "***R***", "__R__", "`R`", "# R", "## Answer\nR", "> R",
    "- R", "* R", "1. R", "(R)", "[R]", '"R"', "| Answer |\n|---|\n| R |",
    "| Question | Answer |\n|---|---|\n| 1 | R |",
]  # fmt: skip
NAMED = [
    "I will not use the <think> tag. R", "The <think> tag is not needed. R",
    "Without `<think>` and `</think>`: R", "No </think> tag. R", "I do not write the <answer> tag. R",
    "The <|im_end|> token ends this. R",
]  # fmt: skip
NO_ANSWER = [
    "<think>T", "<think>\nT The answer is B.", "[THINK]B", "<|channel|>analysis<|message|>T B",
    "analysisThe answer is B",
    "<|channel|>analysis<|message|>B<|end|><|start|>assistant<|channel|>commentary<|message|>B<|end|>",
    "<think>B</think>", "B</think>", "<think>T</think><answer>", "<think>T</think><think>B",
    "\N{WHITE LEFT-POINTING TRIANGLE}" "think\N{WHITE RIGHT-POINTING TRIANGLE}B",
    "<answer>A</answer><answer>B</answer>", "\\boxed{A} or \\boxed{B}", '{"answer": null}',
    '{"answer": ""}', '{"answer": ["A", "B"]}', '["A", "B"]', "<answer></answer>", "<seed:think>B",
]  # fmt: skip
# "TR" is a thought and the reply behind it.
_REPLY = r"(?<![A-SU-Z])R(?![a-zA-Z])"
FORMS = [*THOUGHTS, *TURNS, *ENCLOSED, *NAMED]


def fill(form: str, reply: str) -> str:
    """Put the thought and the reply into a form; capitals within its own words are left alone."""
    return re.sub(r"(?<![A-Z_])T(?![a-zA-Z_])", T, re.sub(_REPLY, lambda _: reply, form, count=1))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_reply_reads_as_the_reply(form: str) -> None:
    assert read_answer(fill(form, "B"), EMOTIONS) == 1
    assert read_answer(fill(form, "Sad"), EMOTIONS) == 2


@pytest.mark.parametrize("reply", NO_ANSWER)
def test_a_thought_that_never_ends_is_no_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


PLAIN = [
    "A",
    "b",
    "C.",
    "(d)",
    "Sad",
    "B: Angry",
    "The answer is C.",
    "not A but C",
    "A or B",
    "I cannot tell",
    "It is sad",
]


@given(st.sampled_from([*THOUGHTS, *TURNS]), st.sampled_from(PLAIN))
def test_no_thought_and_no_turn_changes_a_plain_reply(form: str, reply: str) -> None:
    assert read_answer(fill(form, reply), EMOTIONS) == read_answer(reply, EMOTIONS)


@given(st.sampled_from(PLAIN), st.text(alphabet="ABCD ?.\nabwxyz'\",-", max_size=60))
def test_what_is_thought_makes_no_difference(reply: str, thought: str) -> None:
    expected = read_answer(reply, EMOTIONS)
    assert read_answer(f"<think>{thought}</think>{reply}", EMOTIONS) == expected
    assert (
        read_answer(f"<think>{thought}<think>{thought}</think>{thought}</think>\n{reply}", EMOTIONS)
        == expected
    )
    assert read_answer(f"{reply}\n<think>{thought}</think>", EMOTIONS) == expected
    assert read_answer(f"{thought}</think>{reply}", EMOTIONS) == expected
    assert read_answer(f"{thought}", EMOTIONS) is None or read_answer(f"<think>{thought}", EMOTIONS) is None


@given(st.sampled_from(FORMS), st.permutations(range(4)), st.integers(0, 3))
def test_order_of_options_makes_no_difference_to_texts_in_any_form(
    form: str, order: list[int], index: int
) -> None:
    assume("A" not in form)
    reply = fill(form, EMOTIONS[index])
    read = read_answer(reply, [EMOTIONS[canonical] for canonical in order])
    assert read is not None
    assert order[read] == index


MARKS = [
    "<think>", "</think>", "[THINK]", "[/THINK]", "<answer>", "</answer>", "<|channel|>", "analysis",
    "final", "<|message|>", "assistantfinal", "\\boxed{", "}", "{", "[", "]", '{"answer": ', '"', "'",
    "```", "\n", "json", "B", "Sad", "not", "wait", "Reasoning:", "Answer:", "<|im_end|>", "</s>", "- [x]",
    "~~", "<!--", "-->", "&lt;think&gt;", ">", "1.", "50%", "or", ",", "\N{ZERO WIDTH SPACE}", "\ud800",
    "\x00", "\N{CJK UNIFIED IDEOGRAPH-7B54}", "Spoken Content:", "transcription:",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(MARKS), max_size=30).flatmap(
        lambda parts: st.sampled_from(["", " "]).map(lambda s: s.join(parts))
    )
)
def test_marks_in_any_order_read_as_an_option_or_nothing(reply: str) -> None:
    read = read_answer(reply, EMOTIONS)
    assert read is None or 0 <= read < 4
    assert isinstance(transcript_part(reply), str)


@given(st.text(alphabet="abc ABC.,\n'?!", max_size=60))
def test_plain_text_has_no_structure(reply: str) -> None:
    assert without_thoughts(reply) == reply
    assert answer_part(reply) == reply
    assert transcript_part(reply) == reply


UNITS = [
    "<", "(", "[", "{", "a ", "\n", " ", ".", "'", "`", "~", "<think>", "</think>", "[THINK]", "<answer>",
    "<|im_end|>", "<|channel|>", "analysis", "assistantfinal", "\\boxed{", '{"a":', "<!--", "- [ ]", "&lt;a",
    "Answer: A\n", "A or ", "B > ", "wait, ", "1. A ", "A: 10% ", "\N{CJK UNIFIED IDEOGRAPH-7B54}",
    "\N{ZERO WIDTH SPACE}", "<details>", "</details>B",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_to_read_grows_with_the_length_and_no_faster(unit: str) -> None:
    """Ten times as long a reply may take thirty times as long; squares would take a hundred."""

    def seconds(length: int) -> float:
        reply = unit * (length // len(unit))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            read_answer(reply, EMOTIONS)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(20_000) < 30 * seconds(2_000) + 0.1
