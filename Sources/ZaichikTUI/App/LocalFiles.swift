import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The machine's files.
final class LocalFiles: FileEdge {
    /// Files to publish have at most so many bytes; the broker may take less.
    static let longest = 64 << 20

    private let environment: [String: String]
    private let history: HistoryFile?
    /// Whether it was told that publishes are not kept for the next run.
    private var hasToldHistory = false

    /// - Parameter history: Where publishes are kept for the next run; nil if they are not.
    init(environment: [String: String] = [:], history: HistoryFile? = nil) {
        self.environment = environment
        self.history = history
    }

    func perform(_ request: FileRequest, _ terminal: any Terminal) -> FileEvent? {
        switch request {
        case .write(let path, let bytes, let count):
            let problem = Self.create(expanded(path), bytes)
            return problem.map { .notWritten(path: path, $0) } ?? .written(path: path, count: count)
        case .read(let path):
            switch Self.read(expanded(path), most: Self.longest) {
            case .success(let bytes): return .read(path: path, bytes)
            case .failure(let problem): return .notRead(path: path, problem.text)
            }
        case .edit(let text): return edit(text, terminal)
        case .remember(let draft):
            guard let history, let problem = history.append(draft), !hasToldHistory else { return nil }
            // Once: it concerns each publish after it, too.
            hasToldHistory = true
            return .notWritten(path: history.path, problem)
        }
    }

    /// With `~` in place of the home directory.
    private func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    struct Problem: Error {
        var text: String

        static var last: Problem { Problem(text: String(cString: strerror(errno))) }
    }

    // MARK: Reading and writing

    /// - Returns: What is wrong; nil if the file is written as a whole.
    private static func create(_ path: String, _ bytes: [UInt8]) -> String? {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            return errno == EEXIST ? "it exists already: type another name" : Problem.last.text
        }
        let problem = write(bytes, to: file)
        guard close(file) == 0, problem == nil else {
            let text = problem ?? Problem.last.text
            unlink(path)
            return text
        }
        return nil
    }

    /// - Returns: What is wrong; nil if all of it is written.
    static func write(_ bytes: [UInt8], to file: Int32) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return Problem.last.text }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    static func read(_ path: String, most: Int) -> Result<[UInt8], Problem> {
        // A pipe without a writer must not hold the program.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return .failure(.last) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return .failure(.last) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(Problem(text: "it is not a file")) }
        guard status.st_size <= most else {
            return .failure(Problem(text: "it has \(status.st_size) bytes, and \(most) are the most"))
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes { systemRead(file, $0.baseAddress! + length, $0.count - length) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(.last) }
            if count == 0 { break }
            length += count
        }
        return .success(Array(bytes.prefix(length)))
    }

    // MARK: The editor

    /// `$VISUAL`, `$EDITOR` or vi, with the text in a file that only this person can read.
    private func edit(_ text: String, _ terminal: any Terminal) -> FileEvent {
        var path = Array("\(environment["TMPDIR"] ?? "/tmp")/zaichik-message-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { return .notEdited(Problem.last.text) }
        let name = path.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer { unlink(name) }
        let problem = Self.write(Array(text.utf8), to: file)
        close(file)
        if let problem { return .notEdited(problem) }
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty } ?? "vi"
        // By the shell, since it may be a command with options.
        let status = terminal.run(["/bin/sh", "-c", "\(editor) \"$1\"", "sh", name])
        guard status == 0 else { return .notEdited("'\(editor)' ended with \(status); the body is as it was") }
        switch Self.read(name, most: PublishForm.Field.body.limit) {
        case .failure(let problem): return .notEdited(problem.text)
        case .success(let bytes):
            // Editors end the last line, which is no part of the message.
            let content = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
            guard let edited = String(validating: content, as: UTF8.self) else {
                return .notEdited("the text is not UTF-8; publish it as a file with ^O")
            }
            return .edited(edited)
        }
    }
}

// Under names that the methods above do not hide.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, bytes, count)
}
