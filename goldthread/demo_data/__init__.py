"""Demo data: people with histories, written in every input layout, with the truth beside it."""
