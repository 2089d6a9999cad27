"""The command line: one command per use case, one file per room."""
