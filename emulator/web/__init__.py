"""The only room that knows Flask: documented operations, playback, the control surface, the server."""
