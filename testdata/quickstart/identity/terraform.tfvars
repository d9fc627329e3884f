staff_account       = "111122223333"
github_repositories = ["example/shop", "example/shop-web"]
