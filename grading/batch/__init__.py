"""Many audits from files: read, graded in columns, spot-checked by the engine, written as tables; goes on where it was."""
