"""Workbooks: how tables are styled, streamed, opened and escaped. Knows no form and no batch."""
