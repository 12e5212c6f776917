"""A project that was entered twice, made one."""
