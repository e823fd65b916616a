print("zaichik-tui")
