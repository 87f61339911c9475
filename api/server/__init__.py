"""What answers requests: the service itself, or, when it is several, each of the processes that it starts for it."""
