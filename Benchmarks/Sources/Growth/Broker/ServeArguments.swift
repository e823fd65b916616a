/// How a broker in a process of its own is to be: what this program gives itself as arguments.
struct ServeArguments {
    static let flag = "--serve"

    /// Event loops; 0: as many as the broker takes by default.
    var loops = 0
    /// What the logs may take, in bytes; 0: the broker's default.
    var memoryLimit = 0

    init(loops: Int = 0, memoryLimit: Int = 0) {
        self.loops = loops
        self.memoryLimit = memoryLimit
    }

    /// Nothing, if the arguments ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.flag else { return nil }
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(loops: numbers[0], memoryLimit: numbers[1])
    }

    var arguments: [String] { [Self.flag, "\(loops)", "\(memoryLimit)"] }
}
