"""Delivers texts, by AWS End User Messaging or by Twilio."""
