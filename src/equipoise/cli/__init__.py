"""The command line: thin, plain help, nothing heavy imported until a command needs it."""
