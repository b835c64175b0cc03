"""Small tables for lists, written with every act and rebuilt from the ledger at will. Nothing is decided from them."""
