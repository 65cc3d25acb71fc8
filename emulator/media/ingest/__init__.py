"""Where encoders arrive: sans-IO protocol sessions, and one asyncio loop around all of them."""
