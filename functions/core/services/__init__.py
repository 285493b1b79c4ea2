"""Use cases over the domain's ports, one a file: what is done, in which order, and what a crash leaves behind."""
