"""The leaderboard: published tables beside measured runs, on a page and as JSON."""
