"""Keys of persons, apart from the record: a value that is sealed under a destroyed key is gone, in every copy too."""
