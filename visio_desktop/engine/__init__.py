"""The engine: one asyncio loop in one background thread that carries out what the domain decides.

An intent (`Engine.post`, any thread) or an event of a server or a device enters `meeting.update`; the effects go to
`performer`, which drives the server's session (`connection`), what we send (`sending`) and what we receive
(`pictures`); the new snapshot goes to every watcher. Nothing here knows Qt, packets or pixels.
"""

OWN_CAMERA = "own:camera"
OWN_SCREEN = "own:screen"
PREVIEW = "preview:"
"""Before the spec of a screen: the id under which it is shown before it is shared."""
