break_glass_users = ["glass"]
