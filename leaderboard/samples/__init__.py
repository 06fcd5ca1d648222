"""The samples behind the scores: their sound, what is asked, what each model answered."""
