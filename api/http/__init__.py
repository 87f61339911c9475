"""What surrounds every route: middleware, answers to exceptions, health."""
