"""A captioner that looks where it speaks, every line of it mine."""
