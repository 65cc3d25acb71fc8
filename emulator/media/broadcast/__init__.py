"""One publication from its first encoder to its end: seats, engine, pipeline, and the studio of all of them."""
