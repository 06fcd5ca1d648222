"""A row of a published table as a sample."""

from pathlib import Path

from amarathon.datasets.checks import check_options, check_sample
from amarathon.datasets.imports.mapping import Benchmark, Split
from amarathon.datasets.imports.recordings import place
from amarathon.datasets.imports.tables import Row
from amarathon.datasets.imports.values import answer_of, choices_of, optional_text, text_of
from amarathon.datasets.paths import PathResolver
from amarathon.tasks.sample import Option, Sample, SampleAudio


def name_of(row: Row, benchmark: Benchmark, number: int) -> str:
    """What a row is called: its id, or its number where it states none.

    Raises
    ------
    DatasetError
        The id is empty.
    """
    column = benchmark.columns.id
    return text_of(row, column) if column else f"row-{number:06d}"


def sample_of(
    row: Row, name: str, benchmark: Benchmark, split: Split, source: PathResolver, out: Path
) -> Sample:
    """Make the sample of a row and place its recording.

    Parameters
    ----------
    row : mapping
        The columns that the mapping names.
    name : str
        See `name_of`.
    benchmark : Benchmark
    split : Split
    source : PathResolver
        The folder that the table's paths are in.
    out : Path
        The dataset's folder.

    Raises
    ------
    DatasetError
        Naming the column, and what is wrong with it.
    """
    columns, task = benchmark.columns_of(split), benchmark.task_of(split)
    question = split.question or benchmark.question
    choices: list[str] = []
    answer = reference = None
    if task.is_multiple_choice:
        question = question or text_of(row, columns.question or "")
        choices = choices_of(row, columns.choices or "")
        check_options([Option(text, text) for text in choices], task)
        answer = answer_of(row, benchmark, choices)
    else:
        question = question or (text_of(row, columns.question) if columns.question else "")
        reference = text_of(row, columns.reference or "")
    sources = [f"{column} {value}" for column in columns.sources if (value := optional_text(row, column))]
    slices = {group: optional_text(row, column) for group, column in columns.slices.items()}
    # The costly part comes last: whatever else is wrong is known by now.
    recording = place(row[columns.audio], columns.audio, source, benchmark.audio_folder, out)
    sample = Sample(
        id=name,
        task=task.code,
        audio=SampleAudio(
            path=recording.path,
            name=recording.name,
            sources=tuple(sources) or (recording.name,),
            duration_s=recording.duration_s,
            sha256=recording.sha256,
        ),
        question=question,
        options=tuple(Option(text, text) for text in choices),
        answer=answer,
        reference=reference,
        slices={group: value for group, value in slices.items() if value is not None},
    )
    check_sample(sample, task)
    return sample
