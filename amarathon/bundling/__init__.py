"""How the data of `amarathon.assets` is made."""
