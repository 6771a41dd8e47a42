"""What jobs and questions of the server do in their processes: the same as the commands, by the same code."""
