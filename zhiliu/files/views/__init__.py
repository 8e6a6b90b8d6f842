"""Pages of files: taking in and serving contents, and the files a community shares."""
