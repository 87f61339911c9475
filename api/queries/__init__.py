"""Questions to the store that routes and pages ask; what they find is limited by the session's scope."""
