"""What the domain speaks of: pydantic models and plain types, no behaviour beyond their own consistency."""
