machine_users = ["tag:Machine"]
