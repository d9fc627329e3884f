from_file = ["t1", "t2"]
