"""What a stream measures while it runs, on the real clock."""
