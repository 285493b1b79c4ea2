"""The region's dashboard."""
