"""The figures of a ruleset as fields that people fill in, and a ruleset with some of them settled."""
