"""What servers share that have one peer connection for each stream (Galene, Nextcloud Talk).

`wire` is one such connection, `outward` one on which we offer sources of ours, `inward` one on which we answer what is
offered, `outlet` a source whose connection may be another one later, `early` keeps candidates of streams that are not
known yet, `ways` watches all connections of a session; `line` is an m-line given to one source after the other.
"""
