"""What the screens read. Nothing here writes or decides; the number of queries never depends on the number of rows."""
