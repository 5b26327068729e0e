"""End-to-end encryption of encoded frames, as LiveKit's clients do it (client-sdk-js, `src/e2ee`).

A frame keeps its first bytes clear, so that packets can be made of it; the rest is AES-GCM, followed by the vector, its
length and the number of the key. `keys` derives and keeps keys, `layout` says which bytes stay clear, `cipher` seals
and opens frames and messages. Sealing comes right before packets are made, opening right after a frame is whole.
"""
