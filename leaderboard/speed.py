"""Speed and memory as rows: read from efficiency records only, never from the timings of answers."""

from collections.abc import Sequence
from itertools import groupby

from amarathon.efficiency.records import EfficiencyRecord
from amarathon.runs.reading import Run
from leaderboard.measured import steps_of
from leaderboard.ranking import rank_ranges
from leaderboard.speed_records import SpeedRow, SpeedSection
from leaderboard.steps import RankRange
from leaderboard.texts import short, short_texts


def speed_sections(measured: Sequence[tuple[Run, Sequence[EfficiencyRecord]]]) -> list[SpeedSection]:
    """Put the records of all folders into sections, fastest first."""
    pairs = [(run, record) for run, records in measured for record in records]

    def key(pair: tuple[Run, EfficiencyRecord]) -> tuple[object, ...]:
        run, record = pair
        return record.protocol, record.task, record.pcm_sha256, sorted(run.header.hardware.items())

    groups = groupby(sorted(pairs, key=key), key=key)
    return [_section(list(group)) for _, group in groups]


def _section(pairs: list[tuple[Run, EfficiencyRecord]]) -> SpeedSection:
    pairs = sorted(pairs, key=lambda pair: pair[1].first_token_s.median)
    times = [record.first_token_s for _, record in pairs]
    # Of seconds the least is best, of ranks' values the highest.
    ranks = rank_ranges([-time.median for time in times], [(-time.high, -time.low) for time in times])
    run, record = pairs[0]
    return SpeedSection(
        protocol=short(record.protocol),
        sample=short(record.sample_id),
        task=short(record.task),
        pcm_sha256=short(record.pcm_sha256),
        duration_s=record.duration_s,
        hardware=short_texts(run.header.hardware),
        rows=[_row(*pair, rank) for pair, rank in zip(pairs, ranks, strict=True)],
    )


def _row(run: Run, record: EfficiencyRecord, rank: RankRange) -> SpeedRow:
    header = run.header
    return SpeedRow(
        id=f"run-{run.folder.name}-{record.sample_id}-{record.configuration}",
        folder=short(run.folder.name),
        model=short(header.model.name),
        notice=short(header.model.notice) if header.model.notice else None,
        revision=short(header.model.revision),
        dtype=short(header.model.dtype),
        device=short(header.model.device),
        configuration=record.configuration,
        steps=steps_of(record.configuration),
        audio_tokens=record.audio_tokens,
        kept_tokens=record.kept_tokens,
        new_tokens=record.new_tokens,
        count=record.repeats,
        encoder_s=record.encoder_s,
        prefill_s=record.prefill_s,
        first_token_s=record.first_token_s,
        decode_s=record.decode_s,
        memory=record.memory,
        cache_bytes=sum(record.cache_bytes),
        energy_j=record.energy_j,
        libraries=short_texts(header.libraries),
        commit=short(record.commit) if record.commit else None,
        at=short(record.at),
        rank=rank,
    )
