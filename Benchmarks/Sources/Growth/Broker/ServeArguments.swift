/// How a broker in a process of its own is to be: what this program gives itself as arguments.
struct ServeArguments {
    static let flag = "--serve"

    /// Event loops; 0: as many as the broker takes by default.
    var loops = 0
    /// Whether clients are spread over all loops at once, and do not gather on one that has time to spare.
    var spreads = false

    init(loops: Int = 0, spreads: Bool = false) {
        self.loops = loops
        self.spreads = spreads
    }

    /// Nothing, if the arguments ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.flag else { return nil }
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(loops: numbers[0], spreads: numbers[1] == 1)
    }

    var arguments: [String] { [Self.flag, "\(loops)", spreads ? "1" : "0"] }
}
