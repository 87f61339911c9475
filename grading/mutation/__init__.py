"""Whether a ruleset's cases bite: what they cover, and which changes of the ruleset none of them notices."""
