"""Galene: groups over one WebSocket, one connection for each stream (`galene-protocol.md`, version 2).

`link` and `status` say where a group is, `words` reads what its server says, `signal` speaks with it, `entrance` gets
us in. `roster` makes of it who is there, `lines` what is written, `asking` is what those who lead may do; `outgoing`
and `incoming` carry the media on the connections of `servers.links`; `session` puts them together, `adapter` begins
it, `check` tries the way.
"""
