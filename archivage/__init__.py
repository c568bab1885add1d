"""Getting out: everything of a company in one archive, a company closed, then erased."""
