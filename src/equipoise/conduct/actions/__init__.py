"""Actions: imperative dataclasses, one module a noun. Rules run here, once; folds hold none."""
