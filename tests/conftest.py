"""What all tests share."""

import os

from hypothesis import settings

# Machines differ and are shared: a slow example is no failure. The same examples every time: whether a
# change passes must not be luck. HYPOTHESIS_PROFILE=explore draws new ones, to look for what they miss.
settings.register_profile("amarathon", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "amarathon"))
