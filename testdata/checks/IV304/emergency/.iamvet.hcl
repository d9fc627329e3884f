break_glass_users = ["break-glass"]
