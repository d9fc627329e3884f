user = "ci"
