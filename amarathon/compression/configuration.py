"""A configuration: what is done to the model, under a short name that parses back.

The grammar is ``vanilla`` or steps joined by ``+``; a step is ``name@amount`` with optional
``:parameter=value,parameter=value``. The amount is the share that is **removed** (for pooling and
downsampling the factor): ``frame@0.6`` keeps 40% of the audio tokens. Steps act in the order
before the language model, pruning, eviction; the canonical name lists them so and leaves out
parameters that have their default value.
"""
