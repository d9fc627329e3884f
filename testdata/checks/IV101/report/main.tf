# Nothing here, and a root key in the account.
