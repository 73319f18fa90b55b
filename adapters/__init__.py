"""The world around the core: sources, storage, search, the local channel and the command line."""
