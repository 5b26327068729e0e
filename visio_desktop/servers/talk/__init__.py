"""Nextcloud Talk: conversations of a Nextcloud whose signalling server (high-performance backend) carries the media.

`link` says what is a link of it. `ocs` asks Nextcloud, `rooms` reads its answers, `entrance` gets us into the
conversation, its lobby and its call. `words`, `signal` and `greeting` speak with the signalling server, `hearing` gives
its words to the part they are for. `roster` makes of all that who is there with what; `sending` and `receiving` carry
the media, `showing` hands it out, `telling` tells the others of ours, `chat` and `leading` ask Nextcloud, and `session`
puts them together.
"""
