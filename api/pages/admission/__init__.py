"""The pages of admission: opinions looked for, given, supplemented, and their projects completed."""
