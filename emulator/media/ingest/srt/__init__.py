"""SRT, listening and receiving: sans-IO handshake, session and decryption, and the asyncio end of a UDP port."""
