"""The live demo: one recording, many configurations, side by side."""
