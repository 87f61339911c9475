"""Batches: what is in force graded again, first by columns, then by the engine; published by a second person, and taken back."""
