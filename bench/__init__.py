"""The measured claims of this project: each file is a command that prints figures and the machine."""
