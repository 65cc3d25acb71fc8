"""What media looks like as bytes: FLV, MPEG-TS, MP4 boxes, parameter sets. Pure; it imports nothing else of ours."""
