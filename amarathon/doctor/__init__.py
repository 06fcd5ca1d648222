"""Does compression do to a checkpoint what its name says? The checks, and what they found."""
