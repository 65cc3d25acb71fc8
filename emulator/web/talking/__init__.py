"""A cloud's sockets: a handshake like any other call, then frames, judged and journalled, and spoilt on wish."""
