"""From a request to a function and back: the table of routes, validation, encoding."""
