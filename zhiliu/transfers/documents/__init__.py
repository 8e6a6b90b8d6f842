"""Import documents by the thousand: Markdown and Word files, single or packed, with their pictures and links.

A run (:class:`DocumentRun`) stores the upload as one packed file; each document in it is a :class:`DocumentFile` with
its expected effect. The provider of ``kit.contracts.documents.receiver`` decides where pages go.
"""
