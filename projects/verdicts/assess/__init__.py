"""Whether a promise will be kept, by how many days it is late, and why."""
