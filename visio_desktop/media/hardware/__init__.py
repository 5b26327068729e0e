"""Encoders that lie in graphics processors: tried apart, believed only when they have shown what they do, left at once.

`candidates` are those FFmpeg knows, `trial` holds one against the encoder we have, in a process of its own (`probe`)
that `proving` starts and bounds; `kept` remembers what came of it; `falling` uses one, with software behind it.
"""
