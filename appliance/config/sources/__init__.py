"""Where settings come from: files, environment variables, files of secrets, names of earlier versions."""
