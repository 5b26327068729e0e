"""Keys of Matrix: devices, Olm between them, Megolm for a room, and the frame keys of calls.

All ciphers are vodozemac's (through `primitives`); what is here is the protocol around them (Matrix specification,
client-server API, "End-to-End Encryption"; matrix-js-sdk, `src/matrixrtc`). Loaded for encrypted rooms only.
"""
