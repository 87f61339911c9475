"""The smallest and the cheapest set of changes that satisfies a tree of demands."""
