"""Impartiality: what an officer undertakes and declares in their own name, and the register of risks and ties."""
