"""An announcement of grades with its annex, as PDF, HTML and Excel."""
