"""The forms of a certificate, one module each: what is made, recognised and verified."""
