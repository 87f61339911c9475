"""What a level asks of a unit as a tree, and the values that would satisfy its parts."""
