"""What may go wrong with an encoder's media when a test asks for it."""
