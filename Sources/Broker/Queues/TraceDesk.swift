/// The queues of a loop that have news of traced messages, for the end of the loop's step. Belongs to the loop.
final class TraceDesk {
    private var readers: [ReaderHandle] = []

    var hasNews: Bool { !readers.isEmpty }
    func hasNews(_ reader: ReaderHandle) { readers.append(reader) }

    /// - Returns: The queues that have news; none is left.
    func take() -> [ReaderHandle] {
        defer { readers = [] }
        return readers
    }
}
