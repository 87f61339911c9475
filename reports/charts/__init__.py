"""Geometry of the charts; the templates draw it as SVG. Lengths are CSS pixels."""
