"""What a module imports, read from its source."""

import ast


def imported_modules(source: str) -> set[str]:
    """Return the modules that a source imports, also in functions; `from a import b` may mean `a.b`, too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found
