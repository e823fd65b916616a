import Foundation

/// The options of the command line.
struct GrowthOptions {
    var benchmarks: [Benchmark] = []
    /// A tenth of everything, and fewer rounds.
    var isQuick = false
    var jsonPath: String?
    /// The `zaichik` program to measure, where a benchmark can have another broker than the one built into this
    /// program.
    private(set) var brokerPath: String?
    private var loopsWanted: Int?
    /// Scenes that are wanted of a benchmark that has some; none: all.
    private var scenes: Set<String> = []
    private var roundsWanted: Int?

    /// - Throws: An error whose message says what would be right.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func number(_ option: String) throws -> Int {
            guard let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw GrowthError("\(option) takes a number from 1 on")
            }
            return value
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--loops": loopsWanted = try number(argument)
            case "--rounds": roundsWanted = try number(argument)
            case "--json":
                guard let path = rest.popFirst() else { throw GrowthError("--json takes a file") }
                jsonPath = path
            case "--broker":
                guard let path = rest.popFirst() else { throw GrowthError("--broker takes the zaichik program") }
                brokerPath = path
            case "all": benchmarks += Benchmark.allCases
            default:
                if let benchmark = Benchmark(rawValue: argument) {
                    benchmarks.append(benchmark)
                } else if Self.sceneNames.contains(argument) {
                    scenes.insert(argument)
                } else {
                    throw GrowthError("'\(argument)' is not known here\n\(Self.usage)")
                }
            }
        }
        guard !benchmarks.isEmpty else { throw GrowthError(Self.usage) }
    }

    static var usage: String {
        let names = Benchmark.allCases.map(\.rawValue).joined(separator: "|")
        return """
            usage: Growth all|\(names) … [SCENE …] [--quick] [--json FILE] [--loops N] [--rounds N] [--broker ZAICHIK]
            scenes of neighbours: \(NeighbourScene.all.map(\.name).joined(separator: " "))
            scenes of resident: \(ResidentScene.all.map(\.name).joined(separator: " "))
            """
    }

    private static var sceneNames: [String] { NeighbourScene.all.map(\.name) + ResidentScene.all.map(\.name) }

    /// Event loops of the broker, where a benchmark does not say so itself.
    var loops: Int { loopsWanted ?? 2 }
    /// Event loops of a broker whose clients are to be in each other's way.
    var sharedLoops: Int { loopsWanted ?? 1 }

    /// Those that are asked for; all, if none is.
    func chosen<Scene>(_ all: [Scene], _ name: (Scene) -> String) -> [Scene] {
        scenes.isEmpty ? all : all.filter { scenes.contains(name($0)) }
    }

    /// A count of a full run, or a tenth of it.
    func count(_ full: Int) -> Int { isQuick ? max(full / 10, 1) : full }
    /// The number of repetitions of noisy measurements.
    func rounds(_ full: Int) -> Int { roundsWanted ?? (isQuick ? min(full, 3) : full) }

    /// What every table says of the machine. How TCP paces its segments matters: some ways do on 127.0.0.1, too.
    ///
    /// - Parameter loops: Those of the broker; 0: the table says it itself.
    func facts(loops: Int? = nil, _ more: String) -> String {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let path = "/proc/sys/net/ipv4/tcp_congestion_control"
        let tcp = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "?").filter { !$0.isWhitespace }
        let loops = loops ?? self.loops
        return "\(cores) cores, TCP \(tcp); " + (loops > 0 ? "broker with \(loops) loops; " : "") + more
    }
}
