/// What a benchmark is to show: a figure, and the bound that it must not pass.
struct Goal {
    var name: String
    var measured: Double
    var limit: Double
    var unit: String
    var decimals = 2

    var isMet: Bool { measured <= limit }
}
