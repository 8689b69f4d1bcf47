"""What a candidate sees of their own candidacies, once they have a key: their steps, and the texts that they sign."""
