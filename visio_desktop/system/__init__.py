"""The machine underneath: tasks, clock, paths, log, texts and secrets.

Nothing flows through this package; every other package calls down into it. Each module hides one thing of the system,
so that the rest of the code can be tested without it.
"""
