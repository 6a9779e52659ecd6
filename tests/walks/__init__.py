"""Customers who walk at random through the demo shop's conversations: from wherever they stand, there is a way out."""
