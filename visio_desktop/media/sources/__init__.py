"""Where pictures come from: a camera, a file, a screen, or a picture drawn here.

Each source is opened, read in a loop by the one thread of its `VideoCapture`, and closed by it. `read` waits until the
next picture is due, so that the source sets the pace.
"""
