"""Pages of knowledge: libraries, reading, writing, looking after."""
