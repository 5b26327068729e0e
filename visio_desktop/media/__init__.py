"""Pictures and sound of this machine: captured, processed, encoded, decoded and played. Packets are never seen here.

Pictures: a source in `sources/` is read by `capture` on its own thread, and changed by `look/` as its owner wants to be
seen; `publisher` scales and encodes the latest one (`encoding`, `encoders`) and hands `EncodedFrame`s to an outbound
stream on the loop; `preview` shows it unencoded. A received stream is decoded by `subscription` in the threads of
`pool`, converted to its sink's size by `convert`, and put there. Sound: `sound` is the whole path; one beat mixes what
is heard, plays it, and feeds exactly that to the echo canceller of what is captured. Nothing is
imported here, since OpenCV, PyAV and PortAudio take long to load.
"""

from visio_desktop.system.lean import left_out

left_out("numpy._core._add_newdocs")  # what `help` says of numpy's functions: a tenth of what loading it takes
left_out("numpy._core._add_newdocs_scalars")
