"""How long what people type may be, and how much of what comes from others is kept."""

LONGEST_NAME = 100
LONGEST_CHAT = 5_000
"""Of a line one writes; one that comes may be longer."""
LONGEST_LINE = 20_000
LARGEST_CHAT = 1_000
