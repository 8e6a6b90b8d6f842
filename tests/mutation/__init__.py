"""``bin/mutate``: which changes to the rules and verbs of an app do its own tests not notice?"""
