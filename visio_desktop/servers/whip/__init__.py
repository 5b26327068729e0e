"""WHIP and WHEP: pictures and sound one way, to or from any endpoint that speaks HTTP (RFC 9725, draft-ietf-wish-whep).

`link` says what is a link of these kinds, `words` parses and makes what goes over HTTP, `endpoint` asks, `wire` is the
connection, `session` the stream while it lasts, `adapter` begins it, `check` tries the way.
"""
