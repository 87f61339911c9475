"""Editions of rulesets completed figure by figure, proposed, reviewed by a second person, signed, withdrawn."""
