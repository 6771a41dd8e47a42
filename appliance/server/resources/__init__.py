"""The API's resources, one a file: each function validates nothing, and answers with a Struct."""
