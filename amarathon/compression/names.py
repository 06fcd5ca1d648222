"""Names of adapters and profiles, as a configuration writes them and the data folder files them."""

import re

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
