"""The way of an audit, from draft to publication and after: every change of state, checked, logged, or refused."""
