"""The practice meeting's server side: a child process with simulated people, above `media` and `rtc`.

`script` decides when somebody comes, speaks, shows slides, raises a hand or writes; `meeting` carries the cues out;
each person's pictures and speech are made in `actor` and sent over the same peer connections as in a real meeting; what
we send is received, counted and, as an echo, given back by one of them. `wire` (in `servers.practice`) says the words.
"""
