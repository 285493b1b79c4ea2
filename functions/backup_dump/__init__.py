"""Makes a logical dump of a restored copy, in parts."""
