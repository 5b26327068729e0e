"""The login window: a program of its own that shares nothing with the others but its pipe protocol (`wire`).

`python -m visio_desktop.login` reads one `Begin` from standard input, shows the server's login in a web
view, and says what happens on standard output; the last thing it says is `Done` with the server's cookies, or `Failed`.
It ends when its standard input does. Nothing secret goes into arguments, the environment or a log. The web engine is an
optional dependency (`visio-desktop[login]`) and is loaded in this process alone.
"""
