"""The pages of rulesets: criteria in prose, and what differs between editions."""
