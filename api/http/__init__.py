"""Everything around the routes: middleware, answers to exceptions, health."""
