"""Reports: what the domain concluded, set as Chinese documents. Reads the domain; the domain never reads this."""
