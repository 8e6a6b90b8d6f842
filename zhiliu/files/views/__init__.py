"""Pages of files: uploading and serving, and the files a community shares."""
