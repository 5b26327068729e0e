"""The parts pages are made of. A widget shows what it is given and emits intents; it keeps no state of the meeting."""
