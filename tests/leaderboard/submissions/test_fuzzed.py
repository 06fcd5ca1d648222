"""Bytes of a good submission changed at random: it is read as it was, or refused by a sentence."""

from pathlib import Path

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leaderboard.submissions.archive import opened
from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.headers import read_header
from tests.leaderboard.submissions.packing import Pack

CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4)


def test_no_change_of_bytes_gets_past_the_reader(tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    good, file = Pack(folder).zip(), folder / "x.zip"

    # The directory at the end is small beside the records, and most of what can go wrong stands there.
    @hypothesis_settings(max_examples=400)
    @given(CHANGES, st.sampled_from([len(good), 400]))
    def try_one(changes: list[tuple[float, int]], span: int) -> None:
        content = bytearray(good)
        for place, value in changes:
            content[len(good) - span + int(place * span)] = value
        file.write_bytes(content)
        try:
            with opened(file) as archive:
                read_header(archive.header())
                for _ in archive.lines():
                    pass
        except SubmissionError as error:
            assert str(error).endswith(".")  # noqa: PT017

    try_one()
