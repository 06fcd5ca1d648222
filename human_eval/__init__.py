"""Human evaluation: the human baseline and manual verification, in the browser."""
