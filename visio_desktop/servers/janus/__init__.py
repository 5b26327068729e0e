"""Janus VideoRoom: sessions and handles over a WebSocket, one connection for what we send and one for all we receive.

`signal` speaks with the server and `words` reads what it says. `roster` makes of it who is there with what; `outgoing`
and `incoming` carry the media, `session` puts them together. What Janus has no words for (muted sources, hands, chat,
reactions) `convention` puts into the descriptions of streams and onto the data channel.
"""
