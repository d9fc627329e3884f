staff_account       = "111122223333"
github_repositories = ["example@12345678/shop@456789012", "example@12345678/shop-web@456789013"]
