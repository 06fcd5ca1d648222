"""The forms that requests and replies have; all that knows a service's client is here."""
