"""The provider sandbox: FCM, End User Messaging, Connect and Twilio on loopback, and the phones behind them."""
