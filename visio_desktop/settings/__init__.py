"""What a person has chosen, over restarts.

`schema` declares every setting once: its kind, default and limits; texts are `settings.<key>`. `store` reads the user's
file into checked values, never fails on a broken one, and writes each change at once and in one step.
"""
