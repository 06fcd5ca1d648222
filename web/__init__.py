"""What every page shares: the look, the page header, health, JSON answers and how the app is served.

The faces (``leaderboard``, ``human_eval``, ``live_demo``) use it; it uses none of them.
"""
