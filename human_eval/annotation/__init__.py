"""Taking part: which item comes next, proof of listening, answers."""
