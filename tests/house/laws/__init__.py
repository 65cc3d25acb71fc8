"""The laws of the house as pure functions: from the text of modules to what breaks them, in words that teach."""
