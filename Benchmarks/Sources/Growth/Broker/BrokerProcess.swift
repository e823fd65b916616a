import Foundation

/// A broker in a process of its own, and what the operating system says of that process.
final class BrokerProcess {
    private let child: ChildProcess
    /// Whether it is the broker that this program has in it.
    private let isOwn: Bool
    let loops: Int
    var port: Int { child.port }

    init(loops: Int = 0, spreads: Bool = false) throws {
        self.loops = loops
        isOwn = true
        child = try ChildProcess(ServeArguments(loops: loops, spreads: spreads).arguments)
    }

    /// - Parameter program: The `zaichik` program to run; nil: the broker that this program has in it.
    init(_ arguments: ServeArguments, program: String?) throws {
        loops = arguments.loops
        isOwn = program == nil
        child =
            if let program {
                try ChildProcess(program: program, arguments.commandLine)
            } else {
                try ChildProcess(arguments.arguments)
            }
    }

    func stop() { child.stop() }

    var id: Int32 { child.id }
    var isRunning: Bool { child.isRunning }

    /// Runs `body` with a fresh broker.
    static func with<R>(loops: Int, spreads: Bool = false, _ body: (BrokerProcess) throws -> R) throws -> R {
        let broker = try BrokerProcess(loops: loops, spreads: spreads)
        defer { broker.stop() }
        return try body(broker)
    }

    var clock: ProcessorClock { child.clock }
    /// In ns.
    var processorTime: UInt64 { clock.now }

    /// The longest turn of a loop since this was asked last, in ms of processor time; nil if the broker is another program.
    func takeLongestTurn() throws -> Double? { isOwn ? Double(try child.ask()) / 1e6 : nil }

    /// Resident memory, in bytes, counted page by page.
    var memory: Int {
        let line = text("smaps_rollup").split(separator: "\n").first { $0.hasPrefix("Rss:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    /// Resident memory as the kernel keeps it up to date, now and at its most.
    var residence: Residence { Residence(process: child.id) }

    /// How often its threads have gone to sleep: each time, something has to wake them.
    var sleeps: Int {
        let tasks = "/proc/\(child.id)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.reduce(0) { sum, thread in
            let line = text("task/\(thread)/status").split(separator: "\n").first {
                $0.hasPrefix("voluntary_ctxt_switches:")
            }
            return sum + (line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0)
        }
    }

    private func text(_ file: String) -> String {
        (try? String(contentsOfFile: "/proc/\(child.id)/\(file)", encoding: .utf8)) ?? ""
    }
}
