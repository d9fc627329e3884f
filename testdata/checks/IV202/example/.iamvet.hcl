trusted_accounts = ["111122223333"]
