"""Every kind of server behind one interface (`port`).

A link's text goes through `catalog` to the adapter of its kind; the adapter joins and its session turns the server's
words into `meeting.events`, hands received streams to the engine, and carries out what the engine asks of it.
"""
