"""The subcommands: each parses, calls, prints. Heavy imports are inside the commands."""
