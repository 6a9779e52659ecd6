"""Outside systems behind the Connector Protocol. An order's shape and the actions are in `bot.actions`."""
