"""Discord: gateway events become events, effects become messages."""
