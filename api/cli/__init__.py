"""The service's commands, a file a group; `api.cli.serve` adds them to the command line."""
