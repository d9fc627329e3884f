unused_days = 45 # CIS since 1.3
