"""La Suite Meet: a REST API for rooms and moderation around a LiveKit server that carries the meeting.

`adapter` recognises a server by its configuration (`config`), asks to be let in (`entrance`, `lobby`) and joins the
LiveKit server it is sent to; `session` does by REST (`api`) what participants may not do by LiveKit. `dialect` says
what the server means by attributes, `metadata` and `packets`. Every answer goes through `fields`: wrong types are
passed over one by one, as servers of all ages are met.
"""
