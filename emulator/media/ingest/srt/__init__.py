"""SRT, the listening and receiving side: sans-IO handshake, session and decryption, and the asyncio end of a UDP port."""
