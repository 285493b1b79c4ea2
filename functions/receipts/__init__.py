"""Takes what comes back: receipts of providers, replies and words of the app, texts to virtual pagers."""
