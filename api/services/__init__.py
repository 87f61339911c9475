"""The service's operations, one module or package for each subject: every write, and what follows from what is stored."""
