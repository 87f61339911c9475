"""The audit form in the browser: its questions, the answers that are sent, the draft that they change."""
