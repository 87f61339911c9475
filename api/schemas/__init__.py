"""Models of JSON over the wire: requests (`…In`) and answers (`…Out`), one file per resource."""
