"""Audit forms: the workbook an assessor fills in, reading it back, and the JSON Schema of an audit."""
