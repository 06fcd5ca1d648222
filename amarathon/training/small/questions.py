"""Questions about a training clip: its own, and more whose answers are among its words."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from amarathon.construction.mini.vocabulary import CLASSES, FACTS, QUESTIONS, plain_words
from amarathon.construction.mini.voices import VARIANTS
from amarathon.construction.rendering import Rendering
from amarathon.tasks import TASKS

SPEECH_TASKS = ("SER", "SCR", "ASR", "SGR")
# Entities that derived questions are about, beyond the four kinds of the benchmark.
_ENTITIES = ("person", "city", "month", "day", "object", "animal", "food", "colour", "job", "place")
Span = tuple[float, float]


@dataclass(frozen=True)
class ClipQuestion:
    """A question with its answer.

    Attributes
    ----------
    task : str
    text : str
    options : list of str
        Empty for transcription.
    answer : int
        Index in `options`; -1 for transcription.
    reference : str
        The transcript, for transcription.
    evidence : list of (start, end)
        Seconds where the right answer is heard, where that is known.
    """

    task: str
    text: str
    options: list[str]
    answer: int
    reference: str = ""
    evidence: list[Span] = field(default_factory=list)


def own_question(made: Rendering) -> ClipQuestion | None:
    """The benchmark's question; None where a short clip does not hold the answer."""
    question = made.question
    if question.answer is None:
        return ClipQuestion(question.task, "", [], -1, question.reference or "")
    options = [option.text for option in question.options]
    right = options[question.answer]
    evidence: list[Span] = []
    if question.task == "SER":
        evidence = _word_spans(made, right)
    elif question.task == "SCR":
        evidence = _fact_spans(made, plain_words(question.text), plain_words(right))
    elif question.task == "SED":
        evidence = [(piece.onset_s, piece.onset_s + piece.duration_s) for piece in made.pieces]
    if question.task in ("SER", "SCR") and not evidence:
        return None
    return ClipQuestion(question.task, question.text, options, question.answer, "", evidence)


def derived_questions(made: Rendering, rng: np.random.Generator) -> list[ClipQuestion]:
    """More questions about a clip of plain speech: transcript, gender, entities, facts."""
    variant = made.pieces[0].origin.group.rpartition("/")[2]
    gender = int(variant in {name for split in VARIANTS.values() for name in split["female"]})
    questions = [
        ClipQuestion("ASR", "", [], -1, " ".join(piece.what for piece in made.pieces)),
        ClipQuestion("SGR", "", ["Male", "Female"], gender),
    ]
    spoken_words = {word.text.strip(".,?").lower() for word in made.words}
    for kind in _ENTITIES:
        named = [word for word in CLASSES[kind] if word.lower() in spoken_words]
        if len(named) == 1:
            others = [word for word in CLASSES[kind] if word not in named]
            wrong = [str(word) for word in rng.choice(others, 3, replace=False)]
            text = f"Which {kind} is named in the recording?"
            questions.append(_shuffled("SER", text, named[0], wrong, _word_spans(made, named[0]), rng))
    return questions + _fact_questions(made, rng)


def _fact_questions(made: Rendering, rng: np.random.Generator) -> list[ClipQuestion]:
    facts: dict[str, dict[str, str]] = {kind: {} for kind in FACTS}
    torn: set[tuple[str, str]] = set()
    for piece in made.pieces:
        people = [word for word in CLASSES["person"] if word.lower() in plain_words(piece.what)]
        for kind in FACTS if len(people) == 1 else ():
            things = [word for word in CLASSES[kind] if word.lower() in plain_words(piece.what)]
            if len(things) == 1 and facts[kind].setdefault(people[0], things[0]) != things[0]:
                torn.add((kind, people[0]))
    questions = []
    for kind, found in facts.items():
        for person, thing in found.items():
            if (kind, person) in torn:
                continue
            spans = _fact_spans(made, [person.lower()], [thing.lower()])
            forward, backward = (text.format(**{"person": person, kind: thing}) for text in QUESTIONS[kind])
            things = _others(thing, list(found.values()), CLASSES[kind], rng)
            questions.append(_shuffled("SCR", forward, thing, things, spans, rng))
            if list(found.values()).count(thing) == 1:
                people = _others(person, list(found), CLASSES["person"], rng)
                questions.append(_shuffled("SCR", backward, person, people, spans, rng))
    return questions


def facts_in(text: str) -> list[tuple[str, str]]:
    """Which name goes with what in a sentence: (earlier word, later word), in lower case."""
    words = plain_words(text)
    people = [word for word in words if word in {name.lower() for name in CLASSES["person"]}]
    things = [word for word in words if any(word in map(str.lower, CLASSES[kind]) for kind in FACTS)]
    if len(people) != 1:
        return []
    pairs = [sorted((people[0], thing), key=words.index) for thing in things]
    return [(earlier, later) for earlier, later in pairs]


def key_of(question: ClipQuestion) -> str:
    """The name or the thing that a question about a fact names, as it is written there; else nothing."""
    known = [word for kind in ("person", *FACTS) for word in CLASSES[kind]]
    words = question.text.strip("?").split()
    return words[-1] if question.task == "SCR" and words[-1] in known else ""


def _others(right: str, in_clip: list[str], known: tuple[str, ...], rng: np.random.Generator) -> list[str]:
    """Three wrong answers, those that are in the clip first."""
    near = [word for word in dict.fromkeys(in_clip) if word != right]
    far = [word for word in known if word != right and word not in near]
    return [*(str(word) for word in rng.permutation(near)), *(str(word) for word in rng.permutation(far))][:3]


def enough(questions: list[ClipQuestion], count: int, rng: np.random.Generator) -> list[ClipQuestion]:
    """The first `count` questions; where there are fewer, again with their options in another order."""
    picked = questions[:count]
    again = [question for question in picked if question.options and not TASKS[question.task].fixed_order]
    for number in range(count - len(picked) if again else 0):
        question = again[number % len(again)]
        wrong = [
            question.options[index]
            for index in rng.permutation(len(question.options))
            if index != question.answer
        ]
        right = question.options[question.answer]
        picked.append(_shuffled(question.task, question.text, right, wrong, question.evidence, rng))
    return picked


def _shuffled(
    task: str, text: str, right: str, wrong: list[str], evidence: list[Span], rng: np.random.Generator
) -> ClipQuestion:
    answer = int(rng.integers(len(wrong) + 1))
    return ClipQuestion(task, text, [*wrong[:answer], right, *wrong[answer:]], answer, "", evidence)


def _word_spans(made: Rendering, word: str) -> list[Span]:
    return [
        (spoken.start_s, spoken.end_s)
        for spoken in made.words
        if spoken.text.strip(".,?").lower() == word.lower()
    ]


def _fact_spans(made: Rendering, subject_words: list[str], right: list[str]) -> list[Span]:
    """Sentences in which the right answer is said together with the question's name or thing."""
    known = {word.lower() for kind in ("person", *FACTS) for word in CLASSES[kind]}
    keys = known.intersection(subject_words)
    found = []
    for piece in made.pieces:
        words = set(plain_words(piece.what))
        if keys & words and words.issuperset(right):
            found.append((piece.onset_s, piece.onset_s + piece.duration_s))
    return found


def as_fields(question: ClipQuestion) -> dict[str, Any]:
    """For JSON."""
    return asdict(question)


def from_fields(fields: dict[str, Any]) -> ClipQuestion:
    """Back from JSON."""
    return ClipQuestion(**{**fields, "evidence": [(start, end) for start, end in fields["evidence"]]})
