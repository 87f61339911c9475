"""Two editions of a ruleset compared, criterion by criterion."""
