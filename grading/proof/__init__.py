"""Proofs about rulesets: the plan as formulas for z3, which finds an audit or shows that there is none.

Every audit that it finds is graded again before anything is concluded from it.
"""
