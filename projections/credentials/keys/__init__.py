"""The keys with which the body signs documents: where they are kept, and what certifies them."""
