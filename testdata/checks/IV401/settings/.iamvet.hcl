max_key_age = 30
unused_days = 45
