"""LiveKit servers, spoken to directly: a WebSocket for signalling and two peer connections for media.

`adapter` opens `signal` and waits for the server's join answer; `session` then hands each further answer to the part
that understands it: `roster` (people and publications), `subscriber` (received media), `publisher` (sent media),
`chat`, `hands`. `wire` is the only door for bytes. Later servers that are LiveKit underneath build on these parts.
"""

from visio_desktop.system.lean import without_init

without_init("livekit.protocol")  # the messages of the server's other services are not spoken here
