/// The counted part of callgrind's output for one run.
struct CallgrindFile {
    let instructions: Int
    /// Calls to the C library's allocating functions, which all of Swift's allocations come down to.
    let allocations: Int
    /// From the command line.
    let steps: Int

    /// Some of them are one another's aliases: callgrind takes whichever name it finds.
    private static let allocating: Set<Substring> = [
        "malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign",
    ]

    /// - Parameter path: Of a file without compressed names.
    init(_ path: String) throws {
        var instructions: Int?
        var steps: Int?
        var allocations = 0
        var isAllocating = false
        for line in try TextFile.lines(path) {
            if let name = line.after("cfn=") {
                isAllocating = Self.allocating.contains(name.after("__libc_") ?? name)
            } else if let calls = line.after("calls=") {
                if isAllocating { allocations += Int(calls.prefix { $0 != " " }) ?? 0 }
            } else if let total = line.after("totals: ") {
                instructions = Int(total)
            } else if let command = line.after("cmd: ") {
                steps = command.split(separator: " ").last.flatMap { Int($0) }
            }
        }
        guard let instructions, let steps, instructions > 0 else {
            throw TextFile.Failure(description: "\(path) is not what callgrind writes of a run")
        }
        self.instructions = instructions
        self.allocations = allocations
        self.steps = steps
    }
}

extension Substring {
    /// The rest of a text after a prefix; nil if it does not begin with it.
    fileprivate func after(_ beginning: String) -> Substring? {
        hasPrefix(beginning) ? dropFirst(beginning.count) : nil
    }
}
