"""Identity resolution measured against the truth and against plain Splink, in the same run."""
