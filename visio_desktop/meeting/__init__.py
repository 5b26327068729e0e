"""The domain, pure: what a meeting is and how it changes.

A person's intent (`intents`) or something that happened (`events`) enters `update.update(meeting, input)`, which
answers with the next `state.Meeting` and the `effects` the engine has to carry out. No I/O, no clock, no threads: times
come in with the inputs, as milliseconds. Pictures are too hot for that way; they go to a `frames.FrameSink`.
"""
