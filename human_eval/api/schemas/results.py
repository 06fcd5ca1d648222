"""What the routes of a study's results answer, and of what annotators wrote."""

from typing import Any

from human_eval.api.schemas.base import ANNOTATOR, AT, STUDY, View, example
from human_eval.results.agreement import AnnotatorAgreement
from human_eval.results.baseline import TaskBaseline
from human_eval.results.carelessness import CarelessnessSign
from human_eval.results.comparison import ModelComparison
from human_eval.results.difficulty import SampleDifficulty
from human_eval.results.explanations import Explanation
from human_eval.results.remarks import FlagRemark, Remarks
from human_eval.results.report import Excluded

FLAG: dict[str, Any] = {
    "sample_id": "mini-mc-test-00002",
    "task": "MC",
    "annotator": ANNOTATOR,
    "fault": "audio",
    "comment": "It clicks.",
    "at": AT,
}


class FlagList(View):
    """Faults that annotators reported, in the order of time."""

    model_config = example({"flags": [FLAG]})

    flags: list[FlagRemark]


class RemarkList(View):
    """What annotators wrote, question by question: flags, reasons of skips, comments."""

    model_config = example(
        {
            "items": [
                {
                    "item": STUDY,
                    "sample_id": "mini-mc-test-00002",
                    "task": "MC",
                    "question": "Which genre is it?",
                    "flags": [FLAG],
                    "skips": [{"annotator": ANNOTATOR, "text": "I hear nothing."}],
                    "comments": [],
                }
            ]
        }
    )

    items: list[Remarks]


class Published(View):
    """The folder of the run that the leaderboard shows."""

    model_config = example({"run": "people-5f0c9b7d-20261126-174500"})

    run: str


class ResultsView(View):
    """Everything that a study found; see `human_eval.results.report.StudyResults`."""

    model_config = example(
        {
            "baseline": [
                {
                    "task": "MC",
                    "metric": "macro_f1",
                    "samples": 3,
                    "answers": 3,
                    "people": [{"annotator": ANNOTATOR, "score": 100.0, "answers": 3}],
                    "mean": 100.0,
                    "mean_interval": None,
                    "together": 100.0,
                    "together_interval": None,
                    "majority": 100.0,
                    "majority_interval": None,
                }
            ],
            "agreement": [],
            "explanations": [{"task": "MC", "sentences": ["The one person scores 100.0."]}],
            "comparison": [
                {
                    "model": "small vanilla",
                    "folder": "small-on-bundled",
                    "sentence": "On all 3 questions that people answered it is 20.0 points below them.",
                    "gaps": [
                        {
                            "task": "overall",
                            "people": 100.0,
                            "system": 80.0,
                            "interval": {"low": -35.0, "high": -5.0, "method": "bonett-price-satterthwaite"},
                            "samples": 3,
                            "answers": 3,
                        }
                    ],
                }
            ],
            "flags": [{"annotator": ANNOTATOR, "kind": "speed", "reason": "Answers take 0.20 s."}],
            "remarks": [],
            "excluded": {"annotators": [], "answers": []},
            "difficulty": [],
            "methods": "1 annotator gave 3 answers to 3 samples of 1 task of bundled.",
        }
    )

    baseline: list[TaskBaseline]
    agreement: list[AnnotatorAgreement]
    explanations: list[Explanation]
    comparison: list[ModelComparison]
    flags: list[CarelessnessSign]
    remarks: list[Remarks]
    excluded: Excluded
    difficulty: list[SampleDifficulty]
    methods: str
