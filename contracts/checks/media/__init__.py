"""A judge of live HLS and DASH origins: a timeline of what was fetched in, Violations out; pure.

``timeline`` is what was seen, ``rulebook`` what is judged, ``itinerary`` says what a recorder should fetch next.
"""
