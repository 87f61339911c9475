"""Identity: passwords, sessions of browsers, tokens of systems, limits on trying."""
