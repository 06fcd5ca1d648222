"""What a frozen audio encoder knows: its embeddings probed by simple classifiers, on tasks made offline.

An encoder is never trained here. It turns clips into vectors once; nearest neighbours, a logistic
regression and a small MLP say what can be read off them, about speakers, sources and grooves that
none of them was shown. `amarathon probe` is the command; ``docs/how-to/probe.md`` the page.
"""
