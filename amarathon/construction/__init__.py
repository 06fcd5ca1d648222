"""Building long-audio benchmarks: the paper's six stages (section 2.2), one module each.

1. `sources`: which recordings are used, pinned and checked; what is unusable is named.
2. `merging`: short pieces joined into minutes, with every piece's onset kept.
3. `tools`: the builder: many samples at once, resumable, any duration.
4. `questions`: options, answer positions, distractors.
5. `verification`: what people check by hand, and what follows from their verdicts.
6. `finalisation`: balance, leak checks (`leaks`), manifest and dataset card (`card`).

`mini` holds the generators of AudioMarathon-mini, `corpora` the published corpora.
"""
