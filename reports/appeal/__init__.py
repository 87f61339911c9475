"""The receipt for an appeal: what was handed in, when, and what happens next."""
