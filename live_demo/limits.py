"""What one visitor may ask for, and how long it is kept."""

from amarathon.audio import PADDING_S

# Enough for the paper's grid.
MOST_CONFIGURATIONS = 40
LONGEST_REPLY_TOKENS = 2048
# The microphone stops by itself then: the longest audio of the paper.
LONGEST_MICROPHONE_S = 300.0
# A recording up to this length is put to the model whole: encoders add a little.
LONGEST_WHOLE_S = LONGEST_MICROPHONE_S + PADDING_S
# The shortest window of a recording that can be compared.
SHORTEST_WINDOW_S = 1.0
LONGEST_QUESTION = 4000
LONGEST_OPTION = 500
# Of a configuration, a task, a recording.
LONGEST_NAME = 1000

# Comparisons that may wait at once, and how long one waits or runs without its page asking after it.
MOST_WAITING = 20
# Of them, waiting or running: of one browser, and of all browsers behind one address.
MOST_WAITING_EACH, MOST_WAITING_ADDRESS = 3, 10
ABANDONED_AFTER_S = 20.0
# What has ended and is not looked at leaves the memory; the disk remembers it.
FORGOTTEN_AFTER_S = 600.0
TIDY_EVERY_S = 600.0

# Once another comparison has more right to the turn, one computes on for this long.
SLICE_S = 1.0
# Comparisons that have begun and hold memory: one computes, the others are put aside.
MOST_BEGUN = 4
# How often one comparison is repeated for the spread of its times.
MOST_REPEATS = 9

# Files decoded at the same time; each has a process of its own.
DECODERS = 2

KEEP_COMPARISONS = 100
KEEP_COMPARISON_S = 7 * 86_400.0
# A recording lives as long as a comparison of it, or this long without one.
KEEP_UNUSED_RECORDING_S = 3600.0
# Decoded audio takes 64 kB a second; over this, the oldest go first: see `live_demo.quota`.
KEEP_RECORDING_BYTES = 4 << 30
# Of one browser: four hours; and of all behind one address.
KEEP_RECORDING_BYTES_EACH, KEEP_RECORDING_BYTES_ADDRESS = 1 << 30, 2 << 30
# Stretches that were cut out are counted too: each may have copies to listen to.
MOST_RECORDINGS_EACH, MOST_RECORDINGS_ADDRESS = 100, 400
# Bytes of uploads on their way, of all and from one address.
RECEIVING_BYTES, RECEIVING_BYTES_EACH = 4 << 30, 1 << 30

# Where GPUs are lent: for how long at least and at most, and what a loan takes beside the work.
GPU_LEAST_S, GPU_MOST_S, GPU_START_S = 15, 120, 10
