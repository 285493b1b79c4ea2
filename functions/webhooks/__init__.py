"""The one door to the internet: Twilio's callbacks, taken only with a signature that is right."""
