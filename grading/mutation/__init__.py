"""Coverage and mutation of a ruleset's cases: what they cover, and which changes of the ruleset none of them notices."""
