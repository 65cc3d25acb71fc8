"""Adobe RTMP 1.0, the publishing side: sans-IO sessions for server and client, and the asyncio end of a socket."""
