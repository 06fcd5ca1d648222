"""Long-form English speech: real recordings with the exact words that are spoken in them."""
