"""The service: store, access, workflow, JSON and pages. Reads the domain and the reports; neither reads this."""
