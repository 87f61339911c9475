"""The engine as it was before its rules asked for one fact each, kept as an oracle of the present one."""
