"""How much a transport may send, when, and for which of its streams; without I/O, times are passed in.

    feedback (twcc) -> send_log -> delay, loss, probe -> controller -> allocation -> streams
                                                             |
    packets -> writer -> pacer -----------------------------+--> the transport

After draft-ietf-rmcat-gcc-02 and draft-holmer-rmcat-transport-wide-cc-extensions-01.
"""
