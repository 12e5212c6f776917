"""The pages of monthly reports: what a manager owes, the form with its preview, reading and review, the board of a
month.
"""
