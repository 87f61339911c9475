"""The processes that answer requests: the service itself, or each of those that it starts for it."""
