"""What is kept of a broadcast: its media as they came, then MP4 and HLS, pictures, and the way to a bucket."""
