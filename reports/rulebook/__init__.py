"""The rule book: an edition of a ruleset as a document."""
