"""Windows beside the main one: a share or a person by itself, and a small one that stays on top."""
