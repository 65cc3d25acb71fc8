"""The only room that starts processes: ingest, transcoding, packaging."""
