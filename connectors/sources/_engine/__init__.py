"""The machinery that reads what a source declares: files → checked rows → ``raw_<source>``."""
