"""The domain's model: pydantic models and plain types, no behaviour beyond their own consistency."""
