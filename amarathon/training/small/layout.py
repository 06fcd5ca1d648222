"""From a clip and some of its questions to one sequence, in the form of `Qwen25Omni.prompt`.

Questions of one task share system text and audio. Each sees them and itself, and its positions go on
where the audio's end: to the model every one is the only question.
"""

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from amarathon.models.chat import chatml
from amarathon.tasks import TASKS
from amarathon.tasks.sample import OPTION_LETTERS
from amarathon.training.small.clips import Clip, within
from amarathon.training.small.questions import ClipQuestion, facts_in, key_of
from amarathon.training.small.sequences import IGNORED, Choice, Sequence
from amarathon.training.small.transcripts import audio_contexts, known, slipped, written_words

# The tasks about the words spoken.
SPOKEN = ("SER", "SCR", "ASR")
AUDIO, OPENING, CLOSING = "<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"
# A transcript counts as much as a few answers.
_TRANSCRIPT_WEIGHT = 3.0


class Layout:
    """Makes sequences with one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase):
        self.tokenizer = tokenizer
        self._audio = int(tokenizer.convert_tokens_to_ids(AUDIO))
        self._end = int(tokenizer.convert_tokens_to_ids("<|im_end|>"))

    def sequence(
        self,
        clip: Clip,
        task: str,
        questions: list[ClipQuestion],
        as_text: bool = False,
        slips: np.random.Generator | None = None,
    ) -> Sequence:
        """Build the sequence of questions of one task, at least one, about one clip.

        Parameters
        ----------
        clip : Clip
        task : str
        questions : list of ClipQuestion
        as_text : bool
            See `Sequence`.
        slips : Generator, optional
            Draws wrong words for transcripts to go on from.
        """
        texts = [self._chat(question) for question in questions]
        shared_text, _, _ = texts[0].partition(AUDIO)
        shared = self._ids(shared_text)
        count = len(clip.encoded)
        ids = [*shared, *[self._audio] * count, *self._ids(CLOSING)]
        made = Sequence(
            task,
            ids,
            list(range(len(ids))),
            [0] * len(ids),
            [IGNORED] * len(ids),
            [0.0] * len(ids),
            clip.encoded,
            len(shared),
            self._frames(clip, task, questions[0]),
            self._partners(clip, task),
            as_text,
            contexts=audio_contexts(clip, self._word, len(shared)) if task in SPOKEN else [],
        )
        skipped = len(shared_text) + len(AUDIO) + len(CLOSING)
        for number, (question, text) in enumerate(zip(questions, texts, strict=True)):
            self._add(made, number + 1, question, text[skipped:], clip, slips)
        return made

    def _chat(self, question: ClipQuestion) -> str:
        task = TASKS[question.task]
        messages = task.free_messages(question.text or task.question, question.options)
        return chatml(messages, f"{OPENING}{AUDIO}{CLOSING}")

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _word(self, word: str) -> int:
        return self._ids(f" {word}")[0]

    def _add(
        self,
        made: Sequence,
        block: int,
        question: ClipQuestion,
        text: str,
        clip: Clip,
        slips: np.random.Generator | None,
    ) -> None:
        """Append a question's block: what follows the audio, and the reply."""
        question_ids, reply = self._ids(text), [*self._ids(reply_text(question)), self._end]
        first, offset = len(made.ids), made.blocks.count(0)
        reply_input = reply
        if slips is not None and not question.options and clip.words:
            reply_input = slipped(reply, [self._word(word) for word, _, _ in clip.words], slips)
        # The last token of the reply is predicted and predicts nothing.
        written = [*question_ids, *reply_input[:-1]]
        silent = len(question_ids) - 1
        weight = 1.0 if question.options else _TRANSCRIPT_WEIGHT
        made.ids += written
        made.positions += range(offset, offset + len(written))
        made.blocks += [block] * len(written)
        made.labels += [IGNORED] * silent + reply
        made.weights += [0.0] * silent + [weight / len(reply)] * len(reply)
        answer_position = first + silent
        if question.options:
            spans = self._option_spans(question, question_ids)
            names = [
                first + question_ids.index(token, start, end + 1)
                for token, (start, end) in zip(self._distinguishing_tokens(question), spans, strict=True)
            ]
            count = len(clip.encoded)
            option_audio = self._option_audio(question, clip, made.audio_start)
            fact_tokens = [
                token for token in within(question.evidence, count) if made.partners[token] != IGNORED
            ]
            name = key_of(question)
            key = self._word(name) if name else IGNORED
            made.choices.append(
                Choice(
                    answer_position,
                    names,
                    option_audio,
                    [made.audio_start + token for token in fact_tokens] if name else [],
                    key,
                    first + question_ids.index(key) if name else first,
                    question.answer,
                    [self._ids(letter)[0] for letter in _letters(question)],
                )
            )
        else:
            for position, audio_tokens, before in written_words(
                clip, self._word, reply, reply_input, answer_position
            ):
                if audio_tokens:
                    made.aligned.append((position, [made.audio_start + token for token in audio_tokens]))
                if before:
                    made.contexts.append((position, before))

    def _option_audio(self, question: ClipQuestion, clip: Clip, audio_start: int) -> list[list[int]]:
        """Positions at which each option is heard; see `Choice`."""
        count, found = len(clip.encoded), []
        for number, option in enumerate(question.options):
            spoken = [(start, end) for word, start, end in clip.words if word.lower() == option.lower()]
            right = question.evidence or [(0.0, count / 25)]
            spans = spoken or (right if number == question.answer else [])
            found.append([audio_start + token for token in within(spans, count)] or [audio_start - 1])
        return found

    def _option_spans(self, question: ClipQuestion, question_ids: list[int]) -> list[tuple[int, int]]:
        """First and last token of each option in its question."""
        form = TASKS[question.task].prompt.option
        if not form:  # the prompt's own sentence: " male, answer 'a'"
            parts = [
                f" {option.lower()}, answer '{letter.lower()}"
                for letter, option in zip(OPTION_LETTERS, question.options, strict=False)
            ]
        else:
            parts = [
                form.format(letter=letter, text=option)
                for letter, option in zip(OPTION_LETTERS, question.options, strict=False)
            ]
        return [_find(question_ids, self._ids(part)) for part in parts]

    def _frames(self, clip: Clip, task: str, question: ClipQuestion) -> NDArray[np.int64]:
        count = len(clip.encoded)
        frames = np.full(count, IGNORED, np.int64)
        if task in SPOKEN:
            for word, start, end in clip.words:
                frames[known(start, end)] = self._word(word)
            return frames
        names = self._distinguishing_tokens(question)
        if task == "SED":
            frames[within(question.evidence, count)] = names[question.answer]
        elif task == "SD":
            for what, start, end in clip.pieces:
                frames[within([(start, end)], count)] = names[int(what.endswith(")"))]
        else:
            frames[:] = names[question.answer]
        return frames

    def _partners(self, clip: Clip, task: str) -> NDArray[np.int64]:
        partners = np.full(len(clip.encoded), IGNORED, np.int64)
        if task not in SPOKEN:
            return partners
        for text, onset, end in clip.pieces:
            spoken_words = [word for word in clip.words if onset - 0.1 <= word[1] <= end]
            for earlier, later in facts_in(text):
                first, last = (_spoken(word, spoken_words) for word in (earlier, later))
                if first and last:
                    partners[known(*last[1:])] = self._word(first[0])
        return partners

    def _distinguishing_tokens(self, question: ClipQuestion) -> list[int]:
        """For each option the first of its tokens that no other one has; its first if others have all."""
        in_sentence = not TASKS[question.task].prompt.option
        options = [self._ids(f" {option.lower() if in_sentence else option}") for option in question.options]
        tokens = []
        for mine in options:
            others = {token for other in options if other is not mine for token in other}
            tokens.append(next((token for token in mine if token not in others), mine[0]))
        return tokens


def _spoken(word: str, words: list[tuple[str, float, float]]) -> tuple[str, float, float] | None:
    return next((spoken for spoken in words if spoken[0].lower() == word.lower()), None)


def reply_text(question: ClipQuestion) -> str:
    """The reply that the task's prompt asks for."""
    if not question.options:
        return f"Spoken Content: {question.reference}"
    return _letters(question)[question.answer]


def _letters(question: ClipQuestion) -> str:
    letters = OPTION_LETTERS[: len(question.options)]
    # The gender prompt asks for 'a' or 'b'.
    return letters if TASKS[question.task].prompt.option else letters.lower()


def _find(ids: list[int], part: list[int]) -> tuple[int, int]:
    """First and last index of the last occurrence of `part`."""
    for start in range(len(ids) - len(part), -1, -1):
        if ids[start : start + len(part)] == part:
            return start, start + len(part) - 1
    raise ValueError("An option is not written in its question as its tokens.")
