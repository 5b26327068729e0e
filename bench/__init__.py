"""Benchmarks: our client and Chromium take turns in the same room, on the same machine.

`publisher` is the other side, `measure` reads the cost of process trees, `clients` runs one client once, `table` shows
medians and spreads; `meeting` puts them together. A ratio is the median of paired runs.
"""
