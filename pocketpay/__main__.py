"""`python -m pocketpay`."""

from pocketpay.main import app

app()
