"""The clients that benchmarks compare: ours, Chromium's web client, LiveKit's native SDK, all spoken to in one way."""
