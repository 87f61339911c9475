"""Audit forms for ODK and Kobo: written as XLSForm, and their submissions read back."""
