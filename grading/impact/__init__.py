"""Two gradings of the same units → what changes, and because of what: the impact of an edition before it is in force.

Like `grading.columns` it decides nothing: the grades come from there (or from stored gradings), and here they are compared.
"""
