"""The pages of batches: a dry run, what it would change and why, its publication."""
