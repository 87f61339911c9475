"""Pages of campaigns: the bureau's, of their plants, and of new ones."""
