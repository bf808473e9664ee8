"""Assets, checks, jobs and schedules; each module is loaded because it is here."""
