import ZaichikWords

/// The steps of one message as a table, line by line as they come: the time since its publish, the step, whose queue, and
/// what there is to say.
struct TraceTable {
    let topic: String
    let sequence: UInt64
    /// When the message was published; nil until a step is there.
    private var began: UInt64?
    /// How many queues have it; nil if that is not known.
    private var queues: UInt64?
    /// Whether it was refused, or was there before.
    private var hasEnded = false
    private var doneQueues: UInt64 = 0

    private static let widths = (time: 10, step: 10, queue: 20)
    /// In the order in which they come if they are at the same time.
    private static let order = [
        "refused", "duplicate", "waiting", "delayed", "accepted", "queued", "delivered", "touched", "returned",
        "parked",
        "released", "committed", "dropped", "lost", "withheld", "ended",
    ]
    /// After these a queue is done with it.
    private static let last: Set<String> = ["committed", "dropped", "lost", "withheld", "ended", "unfollowed"]
    private static let whose: Set<String> = ["client", "name", "session", "producer"]

    init(topic: String, sequence: UInt64) {
        self.topic = topic
        self.sequence = sequence
    }

    var isEmpty: Bool { began == nil }
    /// Whether nothing more is to come of it.
    var isDone: Bool { hasEnded || queues.map { doneQueues >= $0 } ?? false }

    func isAbout(_ step: Report) -> Bool { step.topic == topic && step.sequence == sequence }

    static func ordered(_ steps: [Report]) -> [Report] {
        func place(_ step: Report) -> Int { order.firstIndex(of: step.name) ?? order.count }
        return steps.enumerated().sorted { left, right in
            (left.element.time, place(left.element), left.offset)
                < (right.element.time, place(right.element), right.offset)
        }.map(\.element)
    }

    /// - Returns: The lines of a step: with the head, if it is the first one.
    mutating func take(_ step: Report) -> [String] {
        let head = began == nil ? [Self.line("AFTER", "STEP", "QUEUE", "WHAT")] : []
        if began == nil { began = step.time }
        switch step.name {
        case "accepted":
            began = step.time
            queues = step.data["queues"]?.number
        case "duplicate", "refused": hasEnded = true
        case let name where Self.last.contains(name): doneQueues += 1
        default: break
        }
        let after = step.time >= began! ? step.time - began! : 0
        return head + [
            Self.line(
                after == 0 ? "0" : FigureText.duration(microseconds: after), SafeText.escaped(step.name), whose(step),
                step.shownData(without: Self.whose))
        ]
    }

    private func whose(_ step: Report) -> String {
        let client = step.data["client"]?.number.map { "#\($0)" }
        let name = step.data["name"]?.text.flatMap { $0.isEmpty ? nil : SafeText.escaped($0) }
        let session = step.data["session"]?.text.map { "session \(SafeText.escaped($0))" }
        let connection = [name, client].compactMap(\.self).joined(separator: " ")
        return [session, connection.isEmpty ? nil : connection].compactMap(\.self).joined(separator: ", ")
    }

    private static func line(_ time: String, _ step: String, _ queue: String, _ what: String) -> String {
        let columns = [
            TextWidth.padded(time, to: widths.time, isNumber: true),
            TextWidth.padded(step, to: widths.step, isNumber: false),
            TextWidth.padded(queue, to: max(widths.queue, TextWidth.columns(of: queue)), isNumber: false), what,
        ]
        var line = columns.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
