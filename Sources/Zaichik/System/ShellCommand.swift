import Glibc
import NIOCore
import Synchronization

/// A command for the shell, run with bytes at its standard input. Its output goes where this program's does.
struct ShellCommand: Sendable {
    /// How a command ended.
    enum Ending: Equatable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(Int32)
        case notStarted(Int32)

        var description: String {
            switch self {
            case .exited(let code): "exit code \(code)"
            case .killed(let signal): "killed by signal \(signal)"
            case .notStarted(let problem): "the command could not be started: \(String(cString: strerror(problem)))"
            }
        }
    }

    private static let shell = "/bin/sh"
    /// The signals that this program ignores or handles, and that a command is to meet as any other would.
    private static let ownSignals = [SIGPIPE, SIGINT, SIGTERM]
    /// Held while a command begins: a pipe that another one inherited would not end with this program's side of it.
    private static let starting = Mutex(())

    private let words: [[UInt8]]

    /// - Parameter text: Any bytes, as they stand in the argument.
    init(_ text: [UInt8]) { words = [Array("sh".utf8), Array("-c".utf8), text] }

    /// Runs it to its end. Blocks the thread.
    ///
    /// - Parameter variables: `NAME=VALUE`, ahead of what this program's environment has.
    func run(input: ByteBuffer, variables: [[UInt8]]) -> Ending {
        let (process, pipe): (pid_t, Int32)
        switch Self.starting.withLock({ _ in start(variables) }) {
        case .success(let started): (process, pipe) = started
        case .failure(let problem): return .notStarted(problem.number)
        }
        // A command need not read all that it is given, or anything.
        Self.write(input, to: pipe)
        close(pipe)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }

    private struct Problem: Error {
        var number: Int32
    }

    private func start(_ variables: [[UInt8]]) -> Result<(pid_t, pipe: Int32), Problem> {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .failure(Problem(number: errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var process: pid_t = 0
        let problem = Self.withActions(standardInput: ends[0]) { actions, attributes in
            Self.withStrings(words) { words in
                Self.withStrings(variables + Self.ownVariables(without: variables)) { variables in
                    posix_spawn(&process, Self.shell, actions, attributes, words, variables)
                }
            }
        }
        guard problem == 0 else {
            close(ends[1])
            return .failure(Problem(number: problem))
        }
        return .success((process, ends[1]))
    }

    private static func withActions(
        standardInput: Int32,
        _ body: (UnsafePointer<posix_spawn_file_actions_t>, UnsafePointer<posix_spawnattr_t>) -> Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in ownSignals { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        return body(&actions, &attributes)
    }

    /// This program's environment without what is set anew.
    private static func ownVariables(without others: [[UInt8]]) -> [[UInt8]] {
        let equals = UInt8(ascii: "=")
        let names = Set(others.map { $0.prefix { $0 != equals } })
        var variables: [[UInt8]] = []
        var place = environ
        while let variable = place.pointee {
            let bytes = Array(UnsafeRawBufferPointer(start: variable, count: strlen(variable)))
            if !names.contains(bytes.prefix { $0 != equals }) { variables.append(bytes) }
            place += 1
        }
        return variables
    }

    /// Gives texts as C's arrays of strings have them.
    private static func withStrings(
        _ strings: [[UInt8]], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32
    ) -> Int32 {
        let copies = strings.map { bytes in
            (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { strdup($0.baseAddress!) }
        }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    private static func write(_ input: ByteBuffer, to descriptor: Int32) {
        var input = input
        while input.readableBytes > 0 {
            let written = input.withUnsafeReadableBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                input.moveReaderIndex(forwardBy: written)
            } else if errno != EINTR {
                return
            }
        }
    }
}
