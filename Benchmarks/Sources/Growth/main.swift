// How costs grow: with clients that lag, messages that are kept, topics, patterns, keys and loops. Each benchmark runs
// against a broker in a process of its own, over TCP, and prints what it measured beside its goal.
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
if let serving = ServeArguments(arguments) {
    try Serving.run(serving)
} else if let copy = CopyArguments(arguments) {
    try copy.run()
} else {
    do {
        let options = try GrowthOptions(arguments)
        let report = try Report(path: options.jsonPath)
        for benchmark in options.benchmarks { try benchmark.run(options, report) }
        if !report.missed.isEmpty {
            print("\ngoals missed:\n" + report.missed.map { "  \($0)" }.joined(separator: "\n"))
        }
    } catch {
        FileHandle.standardError.write(Data("growth: \(error)\n".utf8))
        exit(1)
    }
}
