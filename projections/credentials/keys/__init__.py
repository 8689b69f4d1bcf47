"""The keys with which the body signs documents: where they are kept, what certifies them, what is published of them."""
