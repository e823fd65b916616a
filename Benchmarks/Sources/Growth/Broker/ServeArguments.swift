/// How a broker in a process of its own is to be.
struct ServeArguments {
    static let flag = "--serve"

    /// Event loops; 0: as many as the broker takes by default.
    var loops = 0
    /// Whether clients are spread over all loops at once, and do not gather on one that has time to spare.
    var spreads = false
    /// In bytes; 0: as the broker chooses.
    var memoryLimit = 0
    /// 0: as the broker chooses.
    var maximumConnections = 0

    init(loops: Int = 0, spreads: Bool = false, memoryLimit: Int = 0, maximumConnections: Int = 0) {
        self.loops = loops
        self.spreads = spreads
        self.memoryLimit = memoryLimit
        self.maximumConnections = maximumConnections
    }

    /// nil, if the arguments ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.flag else { return nil }
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        self.init(
            loops: numbers[0], spreads: numbers[1] == 1, memoryLimit: numbers[2], maximumConnections: numbers[3])
    }

    /// For this program itself.
    var arguments: [String] {
        [Self.flag, "\(loops)", spreads ? "1" : "0", "\(memoryLimit)", "\(maximumConnections)"]
    }

    /// For the `zaichik` program.
    var commandLine: [String] {
        var line = ["serve", "--listen", "127.0.0.1:0"]
        if loops > 0 { line += ["--loops", "\(loops)"] }
        if spreads { line += ["--gather", "0"] }
        if memoryLimit > 0 { line += ["--memory-limit", "\(memoryLimit)"] }
        if maximumConnections > 0 { line += ["--max-connections", "\(maximumConnections)"] }
        return line
    }
}
