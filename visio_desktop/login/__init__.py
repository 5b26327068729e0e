"""The login window's place: a program of its own that shares nothing with the others but its pipe protocol.

Nothing needs a login yet; the contract in `pyproject.toml` already keeps every other package out of here.
"""
