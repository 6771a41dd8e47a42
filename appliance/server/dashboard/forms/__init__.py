"""Pages with forms for what people command, and what carries these forms out.

Each form is a page of its own; scripts show it in a dialog over the page that leads to it.
"""
