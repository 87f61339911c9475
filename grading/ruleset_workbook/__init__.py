"""A ruleset as a workbook laid out like the official table, and its way back to a new edition."""
