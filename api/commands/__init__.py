"""The service's commands, a file a group; `api.command` adds them to the command line."""
