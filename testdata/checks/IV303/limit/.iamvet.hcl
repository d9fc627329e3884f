max_key_age = 30
