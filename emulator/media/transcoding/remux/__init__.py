"""An encoder's own pictures and sound as fragmented MP4, without a transcoder: what passes through needs no ffmpeg."""
