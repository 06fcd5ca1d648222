"""What a question is known by, wherever it is met: in another dataset, in a study, in a run's records.

A right answer that is secret in one place must not be read in another. Whoever keeps a question secret and
whoever shows questions compare these marks, and take two questions for one where a single mark is the same.
"""

import hashlib


def identities(
    task: str,
    sample_id: str,
    *,
    file_sha256: str | None = None,
    pcm_sha256: str | None = None,
    reference: str | None = None,
) -> frozenset[str]:
    """Find a question's marks.

    Its recording, by the file and by what is decoded from it, so that another question about the same
    recording shares them; its id, because a dataset's shorter or smaller editions keep it; and the right
    transcript. Two datasets that number their questions alike share ids by chance: that hides too much,
    never too little.

    Parameters
    ----------
    task, sample_id : str
    file_sha256, pcm_sha256 : str, optional
        Of the recording's file and of its decoded 16-bit PCM.
    reference : str, optional
        The right transcript.
    """
    marks = [f"id {task} {sample_id}"]
    marks += [f"file {file_sha256.lower()}"] if file_sha256 else []
    marks += [f"pcm {pcm_sha256.lower()}"] if pcm_sha256 else []
    if reference:
        words = " ".join(reference.casefold().split())
        marks.append(f"words {hashlib.sha256(words.encode()).hexdigest()}")
    return frozenset(marks)
