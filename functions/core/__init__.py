"""What the functions share: the domain, the use cases over its ports, and the adapters that make the ports real."""
