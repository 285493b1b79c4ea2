"""The provider sandbox: FCM, End User Messaging and Connect on loopback, and the phones behind them."""
