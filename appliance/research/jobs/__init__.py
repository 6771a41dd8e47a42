"""Long work of the server, each piece in a process of its own: whatever becomes of it stays there.

Nothing heavy is imported here: the server has these modules, a job's process has all others.
"""
