"""A deployment as typed values, read from a file in `config`; what cannot work is refused with its place."""
