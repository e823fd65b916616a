print("zaichik")
