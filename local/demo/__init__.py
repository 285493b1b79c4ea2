"""The demonstration: both regions on this laptop, messages sent by the plain AWS command line, what became of them."""
