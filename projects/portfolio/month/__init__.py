"""The month: what a manager owes, the board, the queue of reviews."""
