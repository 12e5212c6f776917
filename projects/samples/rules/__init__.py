"""Sample content for the lights, marked 示例: statistics entry, an exemption, a programme with rules of its own, a stop
of works.
"""
