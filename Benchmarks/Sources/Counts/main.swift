// Instructions and allocations of the data plane, see Scripts/counts.sh.
import Glibc

let words = Array(CommandLine.arguments.dropFirst())
do {
    switch (words.first, words.count) {
    case ("list", 1):
        for benchmark in Benchmark.all { print(benchmark.name, benchmark.steps) }
    case ("run", 3):
        guard let benchmark = Benchmark.all.first(where: { $0.name == words[1] }), let steps = Int(words[2]) else {
            throw TextFile.Failure(description: "unknown benchmark \(words[1]); 'list' lists them")
        }
        try benchmark.run(steps: steps)
    case ("print", 3): print(try Report(folder: words[1]).table(Thresholds(words[2])))
    case ("check", 3): exit(try Report(folder: words[1]).check(Thresholds(words[2])) ? 0 : 1)
    case ("accept", 3): try Thresholds.write(Report(folder: words[1]).counts, to: words[2])
    default:
        throw TextFile.Failure(
            description: "usage: Counts list | run NAME STEPS | print|check|accept FOLDER THRESHOLDS")
    }
} catch {
    var text = "\(error)\n"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
