"""Sockets of a cloud: the handshake as any other call, then frames, judged and journalled each way, with faults on them."""
