"""Screens and windows of an X display, as `sources.x11` shows them.

`wire` carries requests and answers as bytes through libxcb, `display` gives them their meaning, `grabbing` fetches
pixels through shared memory, `subjects` knows a screen from a window, `pointer` draws the mouse, `windows` lists what
can be shared. One thread uses a display.
"""
