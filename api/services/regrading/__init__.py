"""Batches: published audits graded again, first by columns, then by the engine; published by a second person, revocable."""
