machine_users = ["bot-*"]
