module github.com/iamvet/iamvet

go 1.25.0
