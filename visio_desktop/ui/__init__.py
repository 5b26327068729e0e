"""The window: Qt Widgets that show snapshots and emit intents.

`bridge` turns the engine's snapshots into one Qt signal; `window` chooses the page of a snapshot and hands it on; pages
and widgets show it by comparing with what they show already. Pictures come past all this into the mailboxes of
`widgets.video_surface`. Nothing here waits, reads files during a meeting, or knows a server.
"""

from visio_desktop.ui import plain_imports

plain_imports.load_qt()
