"""LiveKit servers, spoken to directly: a WebSocket for signalling, and one peer connection for media, or two.

`adapter` opens `signal` and waits for the server's join answer; `session` then hands each further answer to the part
that understands it: `roster` (people and publications), `publisher` (sent media, and with a server that can do so
everything over the same connection), `subscriber` (what is received over a connection of its own with other servers),
`chat`, `hands`. `wire` is the only door for bytes. Later servers that are LiveKit underneath build on these parts.
"""

from visio_desktop.system.lean import later, without_init

without_init("livekit.protocol")  # the messages of the server's other services are not spoken here
later("google.protobuf.internal.python_message")  # messages written in Python: not used where there are those in C
