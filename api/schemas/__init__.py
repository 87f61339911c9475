"""What goes over the wire as JSON: the models of requests (`…In`) and of answers (`…Out`), one file per resource."""
