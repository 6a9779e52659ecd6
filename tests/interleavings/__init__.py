"""Any order of customers, agents, timers and crashes: what must hold after each step, whatever came before it."""
