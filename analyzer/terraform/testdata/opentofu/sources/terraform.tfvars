base = "./mods"
