"""Records of runs as they are compared."""

from amarathon.runs import read_run


def without_times(folder):
    """The records of a run, without what depends on the clock."""
    return [
        prediction.model_dump(exclude={"at", "timings", "peak_bytes"})
        for prediction in read_run(folder).predictions()
    ]
