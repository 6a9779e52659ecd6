"""The terminal: `frontdesk chat` for people, `frontdesk chat --json` for programs. The same channel, two faces."""
