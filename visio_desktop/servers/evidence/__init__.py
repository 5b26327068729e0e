"""What kind of server a web link leads to, found out by asking: `table` says what proves which kind, `asking` asks."""
