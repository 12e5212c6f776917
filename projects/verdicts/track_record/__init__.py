"""How well forecasts came true: the portfolio's own closed months, and the real finished projects of the reference
class.
"""
