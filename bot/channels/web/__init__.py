"""The playground: one local page with the customer on the left and the staff channel on the right."""
