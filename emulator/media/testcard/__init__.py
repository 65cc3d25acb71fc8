"""The built-in encoder: a clip, files and generated pictures, published over RTMP or looped in place."""
