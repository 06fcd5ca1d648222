"""How the small model is trained: from AudioMarathon-mini's training split to a checkpoint folder.

`train` goes from nothing to the end of the curriculum, or on from where it stopped; `export` writes what
it has as a checkpoint. One idea a file: `recipe` has every number.
"""
