"""Workbooks from outside as they are: sheets, cells with what their number formats show, merged areas, pictures."""
