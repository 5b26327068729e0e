"""The practice meeting's adapter: talks to a child process over its pipes, and media over DTLS-SRTP on this machine.

`wire` says the words both sides use, one JSON object a line; `child` starts and ends the process; `session` joins two
peer connections (ours offers what we send, theirs what we receive) with the meeting's events.
"""
