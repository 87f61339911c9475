"""A ruleset in a mode on a day as a graph of nodes: read by the engine, the columns and the impact."""
