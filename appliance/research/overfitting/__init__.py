"""How far a result of a search can be trusted: pure calculations, each with its formula and source."""
