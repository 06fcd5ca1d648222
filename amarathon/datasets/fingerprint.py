"""One hash for a whole set of questions and the sound they are about."""

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample

_THREADS = 4


def dataset_sha256(samples: Iterable[Sample]) -> str:
    """Hash the questions, their audio and the right answers.

    SHA-256 over one line of canonical JSON (sorted keys, no spaces, ASCII) for each sample, sorted
    by id: its id, task, question, options, answer, reference and the hash of its audio file. File
    hashes that the dataset states are taken as stated; the others are computed.

    Parameters
    ----------
    samples : iterable of Sample

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    DatasetError
        If an audio file cannot be read.
    """
    ordered = sorted(samples, key=lambda sample: sample.id)
    unstated = list(dict.fromkeys(sample.audio.path for sample in ordered if sample.audio.sha256 is None))
    with ThreadPoolExecutor(_THREADS) as pool:
        computed = dict(zip(unstated, pool.map(file_sha256, unstated), strict=True))
    digest = hashlib.sha256()
    for sample in ordered:
        digest.update(_canonical(sample, sample.audio.sha256 or computed[sample.audio.path]))
    return digest.hexdigest()


def _canonical(sample: Sample, audio_sha256: str) -> bytes:
    fields = {
        "answer": sample.answer,
        "audio": audio_sha256.lower(),
        "id": sample.id,
        "options": [[option.text, option.label] for option in sample.options],
        "question": sample.question,
        "reference": sample.reference,
        "task": sample.task,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"
