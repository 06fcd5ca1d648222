"""Foreign code that answers in an environment of its own.

`program` runs there, with the standard library alone; `process` starts it, and ends it with its caller.
"""
