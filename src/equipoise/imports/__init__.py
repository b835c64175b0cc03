"""Tables and standards in: bytes to tables. Pure: no file is opened here."""
