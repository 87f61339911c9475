"""The opinion on whether a project may be admitted, as a document."""
