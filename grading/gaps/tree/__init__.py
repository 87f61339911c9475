"""A level's demands on a unit as a tree, and the values that would satisfy its parts."""
