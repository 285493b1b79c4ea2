"""Virtual paging, and roll calls."""
