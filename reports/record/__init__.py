"""The record of an on-site check on paper: what was seen, for experts and plant to sign."""
