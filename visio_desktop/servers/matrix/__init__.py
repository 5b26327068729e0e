"""MatrixRTC, as Element Call and Tchap have it: a Matrix room says who takes part, LiveKit servers carry the media.

`config` and `link` say where, `account` and `book` as whom, `entrance` lets in, `focus` gives the way onto media
servers. `room` and `membership` keep what the room says, `timeline` what is said there; `gathering` makes one list of
that and of what the connections to media servers (`lines`) tell. `standing` keeps one's own membership, `sayings` are
our words, `syncing` hears. `keys` is the border to `crypto`.
"""
