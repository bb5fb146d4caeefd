"""Other programs: models, scripts and tables in and out."""
