#!/bin/sh
# A site's smoke test with curl: offair exec -- sh smoke.sh
set -eu

name=$(python3 -c 'import json, os; print(*(f"{k}: {v}" for k, v in json.loads(os.environ["TENBYTE_HEADERS"]).items()))')
body='{"name": "Morning show", "type": "linear", "mode": "audio", "region": "sg-edge-04", "output_protocols": ["hls"],
  "ingest": {"kind": "push", "protocols": ["rtmp"]},
  "ladder": {"audio": [{"name": "128k", "codec": "aac", "channels": 2, "sample_rate_hz": 48000, "bitrate_kbps": 128}]},
  "packaging": {"hls": {"segment_format": "mpegts", "playlist_size": 6, "preserved_segments": 6}}}'

show=$(curl -sf "$TENBYTE_BASE_URL/streams" -H "$name" -H 'Content-Type: application/json' -d "$body" |
  sed 's/.*"id": *"\([^"]*\)".*/\1/')
for to in live ended; do
  curl -sf "$OFFAIR_URL/_offair/streams/$show/simulate" -H 'Content-Type: application/json' -d "{\"to\": \"$to\"}" > /dev/null
  status=$(curl -sf "$TENBYTE_BASE_URL/streams/$show" -H "$name" | sed 's/.*"status": *"\([^"]*\)".*/\1/')
  echo "$to: $status"
done
