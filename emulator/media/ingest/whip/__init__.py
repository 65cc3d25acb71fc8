"""WHIP (RFC 9725): a browser publishes over WebRTC, and its media leaves here as FLV tags.

Everything but ``transport`` is pure, and is used in this order:

``offer`` reads what a publisher offers and says what of it is taken, or why nothing is; ``answer`` writes what it is
told. ``stun`` finds the way (an ICE-lite agent only answers), ``dtls`` agrees on keys, ``srtp`` opens what comes under
them. ``rtp`` reads a packet, ``lineup`` puts packets in order and says which are missing, ``depacketizers`` makes
frames of them, ``timeline`` gives frames their time, ``tags`` writes them as FLV. ``track`` is one of these lines, and
``rtcp`` what is reported about it. ``session`` is one publisher: datagrams and time in, datagrams and tags out.
``transport`` has the socket, one for all sessions.
"""
