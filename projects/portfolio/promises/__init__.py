"""Promises in lists: what each says, what became of it, which contradict each other."""
