"""People's answers for tests."""

from amarathon.runs.records import Prediction

OPTIONS = ["one", "two", "three", "four"]


def answer(sample, annotator, choice, **changes):
    fields = {"task": "SCR", "options": OPTIONS, "answer": 0, "reply": "ABCD"[choice]} | changes
    return Prediction(
        sample_id=sample, configuration="vanilla", repeat=annotator, at="2026-01-01T00:00:00Z", **fields
    )


def spoken(sample, annotator, text):
    return answer(sample, annotator, 0, task="ASR", options=[], answer=None, reference="x", reply=text)
