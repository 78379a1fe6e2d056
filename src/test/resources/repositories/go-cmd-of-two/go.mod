module example.com/shop/v2

go 1.25.1
