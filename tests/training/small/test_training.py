"""Training at miniature scale: exact prompts, masks, a killed run that goes on, an export that loads."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import Qwen2_5OmniThinkerForConditionalGeneration

from amarathon.audio import Audio, AudioInfo
from amarathon.construction.mini import render
from amarathon.errors import ModelError
from amarathon.generation.sweep import respond
from amarathon.models import load_model
from amarathon.tasks import TASKS
from amarathon.training.small.attention import attend
from amarathon.training.small.batches import Row, batch_of, block_mask
from amarathon.training.small.clips import FrozenEncoder, make_clip, within
from amarathon.training.small.export import LARGEST_BYTES, export
from amarathon.training.small.layout import Layout
from amarathon.training.small.loop import LOG, STATE, Training
from amarathon.training.small.questions import ClipQuestion, enough, facts_in
from amarathon.training.small.recipe import Clips, Stage, TrainingRecipe
from amarathon.training.small.sequences import IGNORED
from amarathon.training.small.transcripts import RECENT

WEIGHTS = {"SER": 0.5, "SGR": 0.3, "ASR": 0.2}
STAGE = Stage("tiny", Clips((4.0, 4.0), 1, 1, 4, 1), 4, 1e-3)
RECIPE = TrainingRecipe(
    stages=(STAGE,),
    weights=WEIGHTS,
    batch_tokens=200,
    warm_up=2,
    validate_every=4,
    checkpoint_s=0.0,
)
CPU = torch.device("cpu")


def training(folder, recipe=RECIPE):
    return Training(recipe, folder, tower=dict)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A training that ran to its end."""
    finished = training(tmp_path_factory.mktemp("training"))
    assert finished.run(lambda stage, position, facts: None)
    return finished


@pytest.fixture(scope="module")
def clip(made):
    return make_clip("SCR", "train", 3, (8.0, 8.0), 0, FrozenEncoder(made.lm))


def test_a_sequence_is_the_adapters_prompt_and_the_reply(made, clip):
    for task in ("SCR", "SGR", "ASR"):
        question = clip.questions(task)[0]
        row = Layout(made.tokenizer).sequence(clip, task, [question])
        messages = TASKS[task].free_messages(question.text or TASKS[task].question, question.options)
        samples = render("SCR", "train", 3, 8.0).samples
        audio = Audio(samples, "", "", AudioInfo("made", "float", 16000, 1, None, 0))
        prompt = made.lm.prompt(audio, messages).input_ids[0].tolist()
        assert row.ids[: len(prompt)] == prompt
        assert row.positions == list(range(len(row.ids)))
        labels = [label for label in row.labels if label != IGNORED]
        assert row.ids[len(prompt) :] == labels[:-1]
        assert made.tokenizer.decode(labels[-1]) == "<|im_end|>"


def test_several_questions_at_once_are_answered_as_each_alone(made, clip):
    questions = clip.questions("SCR")
    layout = Layout(made.tokenizer)
    assert len(questions) > 1
    made.trainee.eval()

    def first_loss(row):
        batch, mask = batch_of([row], CPU), block_mask(torch.tensor(row.blocks))[None, None]
        with torch.no_grad():
            hidden = made.trainee._embeddings(batch)[None]
            rotary = made.trainee._text.rotary_emb(hidden, batch.positions)
            for layer in made.trainee._text.layers:
                hidden = layer(hidden, attention_mask=mask, position_embeddings=rotary, use_cache=False)
        return [hidden[0, choice.answer_position] for choice in row.choices]

    together = first_loss(layout.sequence(clip, "SCR", questions))
    for state, question in zip(together, questions, strict=True):
        (alone,) = first_loss(layout.sequence(clip, "SCR", [question]))
        torch.testing.assert_close(state, alone, atol=1e-4, rtol=1e-4)


def test_blocks_see_what_is_shared_and_themselves():
    mask = block_mask(torch.tensor([0, 0, 1, 1, 2]))
    seen = [{int(key) for key in row.nonzero()[:, 0]} for row in mask]
    assert seen == [{0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}, {0, 1, 4}]


def test_attention_by_rows_equals_attention_of_each_under_the_whole_mask():
    generator = torch.Generator().manual_seed(0)
    blocks = [[0] * 9 + [1, 1, 2, 2, 2], [0] * 3 + [1], [0] * 11 + [1, 2, 3, 3]]
    total = sum(len(row_blocks) for row_blocks in blocks)
    query = torch.randn(1, 4, total, 8, generator=generator)
    key, value = (torch.randn(1, 2, total, 8, generator=generator) for _ in range(2))
    rows, plain, first = [], [], 0
    for row_blocks in blocks:
        mask, span = block_mask(torch.tensor(row_blocks)), slice(first, first + len(row_blocks))
        shared = row_blocks.count(0)
        rows.append(Row("ASR", span, shared, mask[shared:], first))
        keys, values = (part[:, :, span].repeat_interleave(2, 1) for part in (key, value))
        scores = query[:, :, span] @ keys.mT * 0.3
        plain.append(scores.masked_fill(~mask, -torch.inf).softmax(-1) @ values)
        first = span.stop
    torch.testing.assert_close(attend(query, key, value, rows, 0.3), torch.cat(plain, dim=2))


def test_sequences_in_one_batch_are_learnt_as_each_alone(made, clip):
    layout = Layout(made.tokenizer)
    rows = [layout.sequence(clip, task, clip.questions(task)[:1]) for task in ("SCR", "SGR", "SCR")]
    made.trainee.eval()
    with torch.no_grad():
        together = made.trainee(batch_of(rows, CPU))
        alone = [made.trainee(batch_of([row], CPU)) for row in rows]
    # One question each, so the mean over questions is the mean over sequences.
    for name in ("reply", "options", "answer to option"):
        mean = sum(outputs.losses[name] for outputs in alone) / len(rows)
        torch.testing.assert_close(together.losses[name], mean, atol=1e-4, rtol=1e-4)
    assert together.chosen.tolist() == [int(outputs.chosen) for outputs in alone]


def test_too_few_questions_are_asked_again_in_another_order(clip):
    originals = clip.questions("SCR")[:2]
    many = enough(originals, 7, np.random.default_rng(0))
    assert many[:2] == originals
    assert len(many) == 7
    for question in many:
        first = (
            originals[many.index(question) % 2]
            if question in originals
            else next(a for a in originals if a.text == question.text)
        )
        assert sorted(question.options) == sorted(first.options)
        assert question.options[question.answer] == first.options[first.answer]
    assert len({tuple(question.options) for question in many}) > 2
    for task in ("SGR", "ASR"):  # nothing to shuffle: the prompt fixes the order, or there are no options
        assert len(enough(clip.questions(task), 7, np.random.default_rng(0))) == 1


def test_pointers_point_at_the_audio_of_their_words(made, clip):
    row = Layout(made.tokenizer).sequence(clip, "ASR", clip.questions("ASR"))
    assert len(row.aligned) == len(clip.words)
    seen = set()
    for (position, audio_positions), (word, start, end) in zip(row.aligned, clip.words, strict=True):
        assert made.tokenizer.decode(row.labels[position]).strip() == word
        assert row.audio_start + int(start * 25) <= audio_positions[0] <= row.audio_start + int(end * 25)
        # Where a word begins it is not known yet: the one before it would be read there.
        named = {int(row.frames[token - row.audio_start]) for token in audio_positions}
        assert [made.tokenizer.decode(token).strip() for token in named] == [word]
        assert seen.isdisjoint(audio_positions)
        seen |= set(audio_positions)


def test_a_position_knows_the_words_before_where_one_is_heard_and_where_it_is_written(made, clip):
    row = Layout(made.tokenizer).sequence(clip, "ASR", clip.questions("ASR"))
    words = [word for word, _, _ in clip.words]
    at = {position: made.tokenizer.decode(tokens[::-1]).split() for position, tokens in row.contexts}
    for number, ((position, _), (word, start, end)) in enumerate(zip(row.aligned, clip.words, strict=True)):
        before = words[max(0, number - RECENT) : number]
        middle = row.audio_start + int((max(start, end - 0.1)) * 25)
        assert at.get(position, []) == before, word
        assert at.get(middle, []) == before, word
    assert len(row.aligned) > RECENT
    assert Layout(made.tokenizer).sequence(clip, "SGR", clip.questions("SGR")).contexts == []


def test_a_transcript_goes_on_rightly_from_words_that_are_wrong(made, clip):
    questions = clip.questions("ASR")[:1]
    right = Layout(made.tokenizer).sequence(clip, "ASR", questions)
    slips = np.random.default_rng(1)
    row = Layout(made.tokenizer).sequence(clip, "ASR", questions, slips=slips)
    assert row.labels == right.labels
    assert row.aligned == right.aligned
    wrong = [position for position, (a, b) in enumerate(zip(row.ids, right.ids, strict=True)) if a != b]
    assert 0 < len(wrong) < 0.3 * len(clip.words)
    slipped_words = {made.tokenizer.decode([row.ids[position]]).strip() for position in wrong}
    assert slipped_words <= {word for word, _, _ in clip.words}
    # What a position knows of the words before is what stands there.
    written = [row.ids[position + 1] for position, _ in row.aligned][:-1]
    before = dict(row.contexts[len(right.contexts) - len(row.aligned) + 1 :])
    assert [before[position][0] for position, _ in row.aligned[1:]] == written
    choices = clip.questions("SCR")
    assert Layout(made.tokenizer).sequence(clip, "SCR", choices, slips=slips).ids == (
        Layout(made.tokenizer).sequence(clip, "SCR", choices).ids
    )


def test_two_words_have_no_second_word_before_them(made, clip):
    short = replace(clip, words=clip.words[:2])
    row = Layout(made.tokenizer).sequence(short, "ASR", clip.questions("ASR"))
    losses = made.trainee(batch_of([row], CPU)).losses
    assert "word before" in losses
    assert "second before" not in losses
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_an_option_looks_where_it_is_heard_and_else_at_the_token_before_the_audio(made, clip):
    layout = Layout(made.tokenizer)
    question = clip.questions("SCR")[0]
    row = layout.sequence(clip, "SCR", [question])
    choice = row.choices[0]
    word_starts = {word.lower(): start for word, start, _ in clip.words}
    for option, name, positions in zip(question.options, choice.names, choice.option_audio, strict=True):
        assert made.tokenizer.decode(row.ids[name]).strip() == option
        if option.lower() in word_starts:
            assert row.audio_start + int(word_starts[option.lower()] * 25) in positions
        else:
            assert made.tokenizer.decode([row.ids[position] for position in positions]) == "<|audio_bos|>"
    assert choice.fact
    assert row.ids[choice.key_position] == choice.key
    assert made.tokenizer.decode(choice.key).strip() == question.text.strip("?").split()[-1]
    assert set(choice.fact) <= {row.audio_start + position for position in within(question.evidence, 200)}
    gender = clip.questions("SGR")
    throughout = layout.sequence(clip, "SGR", gender).choices[0].option_audio
    assert sorted(len(positions) for positions in throughout) == [1, len(clip.encoded)]
    assert len(throughout[gender[0].answer]) == len(clip.encoded)


def test_the_later_word_of_a_fact_knows_the_earlier_one(made, clip):
    assert facts_in("The lamp in the garden belongs to Maria.") == [("lamp", "maria")]
    assert facts_in("Maria has a red lamp in Paris.") == [("maria", "lamp"), ("maria", "paris")]
    assert facts_in("Maria and Peter met on Monday.") == []
    row = Layout(made.tokenizer).sequence(clip, "SCR", clip.questions("SCR")[:1])
    pairs = {pair for text, _, _ in clip.pieces for pair in facts_in(text)}
    known = (row.partners != IGNORED).nonzero()[0]
    starts = [position for position in known if position - 1 not in known]
    assert len(starts) == len(pairs)
    for position in starts:  # what follows may be the next word already
        names = (
            made.tokenizer.decode(int(labels[position])).strip().lower()
            for labels in (row.partners, row.frames)
        )
        assert tuple(names) in pairs


def test_an_option_that_is_part_of_another_one_has_a_name(made):
    question = ClipQuestion("ASC", "", ["Metro", "Metro station", "Bus", "Park"], 0)
    names = [
        made.tokenizer.decode(name).strip()
        for name in Layout(made.tokenizer)._distinguishing_tokens(question)
    ]
    assert names == ["Metro", "station", "Bus", "Park"]


def test_a_killed_training_goes_on_to_the_same_weights(made, tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nimport torch\n"
        f"sys.path.insert(0, {str(__file__).rpartition('/')[0]!r})\n"
        "import test_training as this\n"
        f"this.training(Path({str(tmp_path)!r})).run(lambda *facts: None)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script])
    while not (tmp_path / STATE).is_file() and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    again = training(tmp_path)
    assert again.position.total_steps > 0
    again.run(lambda stage, position, facts: None)
    assert again.position.total_steps == made.position.total_steps == STAGE.steps
    logged = [json.loads(line)["total"] for line in (tmp_path / LOG).read_text().splitlines()]
    assert logged == sorted(set(logged))
    assert logged[-1] == STAGE.steps
    ours, theirs = again.trainee.state_dict(), made.trainee.state_dict()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], atol=1e-3, rtol=1e-3)


def test_a_folder_belongs_to_one_recipe(made):
    with pytest.raises(ModelError, match="another recipe or seed"):
        training(made.folder, TrainingRecipe(**{**vars(RECIPE), "seed": 1}))


def test_an_export_loads_and_answers_by_the_ordinary_way(made, tmp_path):
    export(made, tmp_path / "small")
    (weights,) = (tmp_path / "small").glob("*.safetensors")
    assert weights.stat().st_size < LARGEST_BYTES
    plain = Qwen2_5OmniThinkerForConditionalGeneration.from_pretrained(tmp_path / "small")
    assert plain.dtype == torch.float16
    lm = load_model(str(tmp_path / "small"))
    audio = Audio(
        render("SGR", "train", 0, 4.0).samples, "", "", AudioInfo("made", "float", 16000, 1, None, 0)
    )
    messages = TASKS["SGR"].free_messages(TASKS["SGR"].question, ["Male", "Female"])
    assert isinstance(respond(lm, audio, messages, max_new_tokens=2), str)
    weight = "model.language_model.layers.0.self_attn.q_proj.weight"
    exported, trained = lm.model.state_dict()[weight], made.lm.model.state_dict()[weight]
    torch.testing.assert_close(exported, trained, atol=1e-3, rtol=1e-3)
    assert "| SER |" in (tmp_path / "small" / "README.md").read_text(encoding="utf-8")
