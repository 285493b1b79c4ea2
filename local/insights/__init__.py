"""RDS's own watchers for the laptop cloud: `AWS/RDS` figures and Performance Insights, read from real servers."""
