"""H5Live: the server that plays streams in browsers, over WebSockets, as a progressive MP4 and as low-latency HLS."""
