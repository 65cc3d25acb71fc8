"""From what a stream asked for to tracks of fragments: ladder, command lines, processes, and the remuxer."""
