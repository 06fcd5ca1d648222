"""The page of `benchmarks.binaural`."""

from collections.abc import Mapping

from amarathon.psychoacoustics.ablations import ABLATIONS
from amarathon.psychoacoustics.encoders import open_encoder
from amarathon.psychoacoustics.equalisation import (
    jittered_decibels,
    masking_level_difference,
    simulated_decibels,
)
from amarathon.psychoacoustics.measuring import FREQUENCIES_HZ
from amarathon.psychoacoustics.metric import FLOOR
from amarathon.psychoacoustics.summary import BmldSummary, CellSummary
from amarathon.psychoacoustics.targets import make_trial
from amarathon.runs.environment import describe_environment
from amarathon.runs.markdown import table

PAGE = "docs/findings/binaural.md"
PICTURE = "docs/pictures/binaural.png"
BOUNDS = {"ceiling": "∞", "floor": "−∞", "silent": "silent"}
NETS = ("net-ipd", "net-levels")


def write_page(found: Mapping[str, BmldSummary], snr_db: float) -> str:
    """Write the page of all rows there are."""
    environment = describe_environment()
    return _TEXT.format(
        commit=(environment.commit or "an installed package")[:12],
        cpu=environment.hardware["cpu"],
        snr=f"{snr_db:g}",
        seeds=next(iter(found.values())).cells[0].n,
        floor=f"{FLOOR:g}",
        ideal=_ideal(),
        tones=_tones(found, snr_db),
        distances=_distances(found, snr_db),
        ablations=_ablations(found, snr_db),
        speech=_speech(found, snr_db),
        nets=_nets(found),
    )


def _heads() -> list[str]:
    return [f"{frequency:g} Hz" for frequency in FREQUENCIES_HZ]


def _ideal() -> str:
    trials = {
        frequency: [(make_trial("tone", seed, frequency, -14, 16_000), frequency) for seed in range(20)]
        for frequency in FREQUENCIES_HZ
    }
    rows = [
        ["closed form", *(f"{masking_level_difference(f):.2f}" for f in FREQUENCIES_HZ)],
        ["from waveforms, 20 seeds", *(f"{simulated_decibels(trials[f]):.2f}" for f in FREQUENCIES_HZ)],
        [
            "mean of each draw's dB",
            *(f"{jittered_decibels(f, 1_000_000, average='mean_of_db'):.2f}" for f in FREQUENCIES_HZ),
        ],
        [
            "jitter in one ear only",
            *(f"{jittered_decibels(f, 1_000_000, ears=1):.2f}" for f in FREQUENCIES_HZ),
        ],
    ]
    return table(["dB", *_heads()], rows)


def _tones(found: Mapping[str, BmldSummary], snr_db: float) -> str:
    rows = []
    for name, summary in found.items():
        cells = [_cell(summary, "tone", "raw", frequency, snr_db) for frequency in FREQUENCIES_HZ]
        count = summary.counts()
        total = sum(count.values())
        kinds = ", ".join(f"{number} {kind}" for kind, number in count.items())
        rows.append([name, *map(_decibels, cells), f"{total}: {kinds}"])
    return table(["", *_heads(), "cells"], rows)


def _distances(found: Mapping[str, BmldSummary], snr_db: float) -> str:
    rows = []
    for name, summary in found.items():
        cells = [_cell(summary, "tone", "raw", frequency, snr_db) for frequency in FREQUENCIES_HZ]
        rows.append([name, *("-" if cell is None else _distance(cell) for cell in cells)])
    return table(["d", *_heads()], rows)


def _ablations(found: Mapping[str, BmldSummary], snr_db: float) -> str:
    rows = []
    for name, summary in found.items():
        for ablation in ABLATIONS:
            cells = [_cell(summary, "tone", ablation, frequency, snr_db) for frequency in FREQUENCIES_HZ]
            if ablation == "raw" or None in cells:
                continue
            there = [cell for cell in cells if cell is not None]
            significant = sum(cell.q_value < 0.05 for cell in there)
            counted = sum(cell.verdict in ("unmasking", "reversal") for cell in there)
            middle = there[FREQUENCIES_HZ.index(500.0)]
            rows.append(
                [
                    f"{name}, {ablation}",
                    *map(_decibels, there),
                    _distance(middle),
                    f"{significant} / {counted}",
                ]
            )
    return table(["", *_heads(), "d at 500 Hz", "significant / counted"], rows)


def _speech(found: Mapping[str, BmldSummary], snr_db: float) -> str:
    rows = []
    for name, summary in found.items():
        cells = [_cell(summary, "speech", ablation, None, snr_db) for ablation in ABLATIONS]
        if None not in cells:
            there = [cell for cell in cells if cell is not None]
            rows.append(
                [name, *(f"{_decibels(cell)} (q {cell.q_value:.3f}, d {_distance(cell)})" for cell in there)]
            )
    return table(["", *ABLATIONS], rows)


def _nets(found: Mapping[str, BmldSummary]) -> str:
    notices = [open_encoder(name).identity.notice for name in NETS if name in found]
    return "\n".join(f"- `{name}`: {notice}" for name, notice in zip(NETS, notices, strict=False))


def _cell(
    summary: BmldSummary, target: str, ablation: str, frequency: float | None, snr_db: float
) -> CellSummary | None:
    key = (target, ablation, frequency, snr_db)
    return next(
        (c for c in summary.cells if (c.target, c.ablation, c.frequency_hz, c.snr_db) == key),
        None,
    )


def _decibels(cell: CellSummary | None) -> str:
    if cell is None:
        return "-"
    if cell.bound is not None:
        return BOUNDS[cell.bound]
    return f"{cell.ratio_of_means_db:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _distance(cell: CellSummary) -> str:
    return "∞" if cell.d_opposite is None else f"{cell.d_opposite:.2g}"


_TEXT = """# Two ears, and what encoders make of them

Written by `python -m benchmarks.binaural --write`; every figure below was measured at {commit} on {cpu}, none
is typed. How it is measured, and what each word means: [Measure what two ears gain](../how-to/bmld.md).

A tone in noise is easier to hear if it is turned round at one ear: people gain up to 15 dB at low frequencies
and next to nothing at 4 kHz. The diagnostic of arXiv 2606.14820 asks how much further such a tone moves an
encoder's embedding than one that is alike at both ears. No encoder that was made for two ears comes with this
package, so **the rows of the paper are not here**: there are references whose answer is known, and two small
nets trained here that stand in.

![Decibels over frequency](../pictures/binaural.png)

Full markers count; open ones are not significant or below the floor. Infinite ratios stand at the edges.

## The ideal listener

{ideal}

Averaging each draw's decibels gives another number than the ratio of means, by 1 to 3 dB up to 2 kHz: the
headline here is the ratio of means, which is the closed form, and every record has both.

## Tones at {snr} dB

Ratio of means in dB, {seeds} seeds of 1 s; in the last column all cells of that row.

{tones}

The left ear alone is 0 bit for bit, and the downmix is the floor and no zero control: its tone has cancelled.
Half sum and half difference make any encoder of one channel sensitive, and the curve stays high at 4 kHz,
where an ear that follows fine structure has nothing left. **The height says nothing; the shape over
frequency does.** The two GCC-PHATs differ in nothing but whether each ear's internal noise is the same for
all sounds or drawn anew.

d, the antiphasic distance over the spread of the noise's embedding between seeds:

{distances}

## What is left when a cue is taken

Ratio of means in dB at {snr} dB, with d at 500 Hz, and how many of the six cells are significant and how many
of these are also above the floor of {floor}.

{ablations}

Behind a high-pass at 2 kHz a 500-Hz tone is gone, and the ratio does not know: noise is shared bit for bit
and a ratio has no scale, so rounding and a filter's skirts are a significant effect. d knows. It cannot know
all: a filter turns noise and tone down alike, so that the ratio within a band stays as it was, and features
without a scale, as interaural phases are, see through it until 32-bit numbers end: 1,000 Hz is turned down by
100 dB in all.

## Speech at {snr} dB

Ratio of means in dB, by what was taken away.

{speech}

## The nets

{nets}

They were trained by `amarathon train-binaural` on recordings of this package from 37 azimuths about KEMAR's
head.
"""
