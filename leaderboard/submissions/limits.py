"""How much of anything a submission may hold, and one visitor may bring."""

from limits import RateLimitItemPerHour

# Bytes. A packed answer takes about 30; the largest honest run is a tenth of this.
LARGEST_UPLOAD = 64 << 20
LARGEST_HEADER = 1 << 20
# Bytes of all records, unpacked, and how many times the upload that may be.
LARGEST_RECORDS, LARGEST_RATIO = 1 << 30, 500
# The packed run's three files and the folder that they may lie in.
MOST_ENTRIES, LARGEST_DIRECTORY = 4, 4096
# What xz may need to unpack; the highest preset needs 65 MB.
UNPACKING_MEMORY = 128 << 20
MOST_RECORDS, MOST_CONFIGURATIONS = 50_000, 64
# Characters. Five minutes of speech are about 5,000.
LONGEST_REPLY, LONGEST_TEXT, LONGEST_NAME = 100_000, 1_000, 200
MOST_TEXTS = 50
# Whole numbers that every reader of JSON takes as they are.
LARGEST_NUMBER = 1 << 53

# Of one address: submissions uploaded, and changes to one by its receipt.
UPLOADS, CHANGES = RateLimitItemPerHour(20), RateLimitItemPerHour(120)
# Uploads that come in at the same time.
RECEIVING = 4
# Bytes of memory and seconds that checking and scoring one may take.
CHECKING_MEMORY = 4 << 30
CHECKING_S, SCORING_S = 120.0, 1800.0
# How long a submission that nobody files is kept.
DRAFT_S = 86_400.0
