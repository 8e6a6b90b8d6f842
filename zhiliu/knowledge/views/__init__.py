"""Pages of knowledge: libraries, reading, writing, maintenance."""
