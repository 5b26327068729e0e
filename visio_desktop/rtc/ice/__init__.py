"""Every way through to the other side that ICE (RFC 8445) can try, beyond plain UDP.

`gathering` opens what may lead there and hands it to the connection of `aiortc_private` as datagram protocols: UDP
sockets (`sockets`) at once, relays (`relays` in their order, each by a `turn` client over UDP, TCP or TLS) as they
answer, and connections over TCP to the other side's own candidates (`streams`, framed by `framing`, opened by
`reaching`). Above, one way is like another. `network` says which may be tried at all.
"""
