"""Pictures of a screen or window as a Wayland desktop hands them over: through PipeWire.

`pods` writes and reads PipeWire's own values, `library` declares its client library, `stream` receives pictures.
"""
