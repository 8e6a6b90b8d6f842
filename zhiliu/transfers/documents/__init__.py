"""Documents come in by the thousand: Markdown and Word files, single or packed, with their pictures and links.

A run (:class:`DocumentRun`) keeps what was brought as one packed file; each document in it is a :class:`DocumentFile`
with what it would do. Where pages go is the business of whoever fills ``kit.contracts.documents.receiver``.
"""
