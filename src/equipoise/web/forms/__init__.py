"""Forms built from the protocol: one control and one template an item kind; reading is `methods.items`' alone."""
