"""Who may act, and who a participant is: users, memberships, and identities that can be erased."""
