break_glass_users = ["break-glass-*", "tag:Emergency=yes"]
