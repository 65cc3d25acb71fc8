"""What comes from and goes to other places: sources that are pulled, targets that are relayed to."""
