"""From a clip and some of its questions to one sequence, laid out as `Qwen25Omni.prompt` lays out each.

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
from amarathon.training.small.questions import Asked, facts_told, key_of
from amarathon.training.small.sequences import IGNORED, Choice, Sequence
from amarathon.training.small.transcripts import heard_contexts, known, slipped, written_words

# The tasks about what is said.
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
        asked: list[Asked],
        as_text: bool = False,
        slips: np.random.Generator | None = None,
    ) -> Sequence:
        """Lay out questions of one task, at least one, about one clip.

        Parameters
        ----------
        clip : Clip
        task : str
        asked : list of Asked
        as_text : bool
            See `Sequence`.
        slips : Generator, optional
            Draws wrong words for transcripts to go on from.
        """
        texts = [self._chat(each) for each in asked]
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
            self._frames(clip, task, asked[0]),
            self._partners(clip, task),
            as_text,
            contexts=heard_contexts(clip, self._word, len(shared)) if task in SPOKEN else [],
        )
        skipped = len(shared_text) + len(AUDIO) + len(CLOSING)
        for number, (each, text) in enumerate(zip(asked, texts, strict=True)):
            self._add(made, number + 1, each, text[skipped:], clip, slips)
        return made

    def _chat(self, asked: Asked) -> str:
        task = TASKS[asked.task]
        messages = task.free_messages(asked.text or task.question, asked.options)
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
        asked: Asked,
        text: str,
        clip: Clip,
        slips: np.random.Generator | None,
    ) -> None:
        """Append a question's block: what follows the audio, and the reply."""
        question, reply = self._ids(text), [*self._ids(reply_text(asked)), self._end]
        first, offset = len(made.ids), made.blocks.count(0)
        said = reply
        if slips is not None and not asked.options and clip.words:
            said = slipped(reply, [self._word(word) for word, _, _ in clip.words], slips)
        # The last token of the reply is predicted and predicts nothing.
        written = [*question, *said[:-1]]
        silent = len(question) - 1
        weight = 1.0 if asked.options else _TRANSCRIPT_WEIGHT
        made.ids += written
        made.positions += range(offset, offset + len(written))
        made.blocks += [block] * len(written)
        made.labels += [IGNORED] * silent + reply
        made.weights += [0.0] * silent + [weight / len(reply)] * len(reply)
        answer_place = first + silent
        if asked.options:
            spans = self._option_spans(asked, question)
            names = [
                first + question.index(token, start, end + 1)
                for token, (start, end) in zip(self._telling(asked), spans, strict=True)
            ]
            count = len(clip.encoded)
            heard = self._heard(asked, clip, made.audio_start)
            told = [place for place in within(asked.evidence, count) if made.partners[place] != IGNORED]
            name = key_of(asked)
            key = self._word(name) if name else IGNORED
            made.choices.append(
                Choice(
                    answer_place,
                    names,
                    heard,
                    [made.audio_start + place for place in told] if name else [],
                    key,
                    first + question.index(key) if name else first,
                    asked.answer,
                    [self._ids(letter)[0] for letter in _letters(asked)],
                )
            )
        else:
            for place, heard_at, before in written_words(clip, self._word, reply, said, answer_place):
                if heard_at:
                    made.aligned.append((place, [made.audio_start + each for each in heard_at]))
                if before:
                    made.contexts.append((place, before))

    def _heard(self, asked: Asked, clip: Clip, audio_start: int) -> list[list[int]]:
        """Places at which each option is heard; see `Choice`."""
        count, found = len(clip.encoded), []
        for number, option in enumerate(asked.options):
            spoken = [(start, end) for word, start, end in clip.words if word.lower() == option.lower()]
            right = asked.evidence or [(0.0, count / 25)]
            spans = spoken or (right if number == asked.answer else [])
            found.append([audio_start + place for place in within(spans, count)] or [audio_start - 1])
        return found

    def _option_spans(self, asked: Asked, question: list[int]) -> list[tuple[int, int]]:
        """First and last token of each option in its question."""
        form = TASKS[asked.task].prompt.option
        if not form:  # the prompt's own sentence: " male, answer 'a'"
            parts = [
                f" {option.lower()}, answer '{letter.lower()}"
                for letter, option in zip(OPTION_LETTERS, asked.options, strict=False)
            ]
        else:
            parts = [
                form.format(letter=letter, text=option)
                for letter, option in zip(OPTION_LETTERS, asked.options, strict=False)
            ]
        return [_find(question, self._ids(part)) for part in parts]

    def _frames(self, clip: Clip, task: str, asked: Asked) -> NDArray[np.int64]:
        count = len(clip.encoded)
        frames = np.full(count, IGNORED, np.int64)
        if task in SPOKEN:
            for word, start, end in clip.words:
                frames[known(start, end)] = self._word(word)
            return frames
        names = self._telling(asked)
        if task == "SED":
            frames[within(asked.evidence, count)] = names[asked.answer]
        elif task == "SD":
            for what, start, end in clip.pieces:
                frames[within([(start, end)], count)] = names[int(what.endswith(")"))]
        else:
            frames[:] = names[asked.answer]
        return frames

    def _partners(self, clip: Clip, task: str) -> NDArray[np.int64]:
        partners = np.full(len(clip.encoded), IGNORED, np.int64)
        if task not in SPOKEN:
            return partners
        for text, onset, end in clip.pieces:
            said = [word for word in clip.words if onset - 0.1 <= word[1] <= end]
            for earlier, later in facts_told(text):
                first, last = (_spoken(word, said) for word in (earlier, later))
                if first and last:
                    partners[known(*last[1:])] = self._word(first[0])
        return partners

    def _telling(self, asked: Asked) -> list[int]:
        """For each option the first of its tokens that no other one has; its first if others have all."""
        in_sentence = not TASKS[asked.task].prompt.option
        options = [self._ids(f" {option.lower() if in_sentence else option}") for option in asked.options]
        telling = []
        for mine in options:
            others = {token for other in options if other is not mine for token in other}
            telling.append(next((token for token in mine if token not in others), mine[0]))
        return telling


def _spoken(word: str, said: list[tuple[str, float, float]]) -> tuple[str, float, float] | None:
    return next((each for each in said if each[0].lower() == word.lower()), None)


def reply_text(asked: Asked) -> str:
    """The reply that the task's prompt asks for."""
    if not asked.options:
        return f"Spoken Content: {asked.reference}"
    return _letters(asked)[asked.answer]


def _letters(asked: Asked) -> str:
    letters = OPTION_LETTERS[: len(asked.options)]
    # The gender prompt asks for 'a' or 'b'.
    return letters if TASKS[asked.task].prompt.option else letters.lower()


def _find(ids: list[int], part: list[int]) -> tuple[int, int]:
    """First and last place of the last occurrence of `part`."""
    for start in range(len(ids) - len(part), -1, -1):
        if ids[start : start + len(part)] == part:
            return start, start + len(part) - 1
    raise ValueError("An option is not written in its question as its tokens.")
