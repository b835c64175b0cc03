"""The conduct of a trial, purely: facts, folds, actions, edit checks and permissions."""
