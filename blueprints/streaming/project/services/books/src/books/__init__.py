"""books: handlers take what AWS sends, logic decides, data keeps."""
