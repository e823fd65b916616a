/// The steps of one message as a table, line by line as they come: the time since its publish, the step, whose queue, and
/// what there is to say.
public struct TraceTable: Sendable {
    public let topic: String
    public let sequence: UInt64
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
    public static let last: Set<String> = ["committed", "dropped", "lost", "withheld", "ended", "unfollowed"]
    /// The data that say it.
    public static let whose: Set<String> = ["client", "name", "session", "producer"]

    public init(topic: String, sequence: UInt64) {
        self.topic = topic
        self.sequence = sequence
    }

    public var isEmpty: Bool { began == nil }
    /// Whether nothing more is to come of it.
    public var isDone: Bool { hasEnded || queues.map { doneQueues >= $0 } ?? false }

    public func isAbout(_ step: Report) -> Bool { step.topic == topic && step.sequence == sequence }

    /// Steps in the order of the message's way: loops tell their steps each in its own.
    public static func ordered<Step>(_ steps: [Step], by report: (Step) -> Report) -> [Step] {
        func place(_ step: Report) -> Int { order.firstIndex(of: step.name) ?? order.count }
        return steps.enumerated().map { ($0.offset, $0.element, report($0.element)) }.sorted { left, right in
            (left.2.time, place(left.2), left.0) < (right.2.time, place(right.2), right.0)
        }.map(\.1)
    }

    /// - Returns: The lines of a step: with the head, if it is the first one.
    public mutating func take(_ step: Report) -> [String] {
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
                after == 0 ? "0" : FigureText.duration(microseconds: after), SafeText.escaped(step.name),
                Self.whose(step),
                step.shownData(without: Self.whose))
        ]
    }

    /// The queue, client or publisher that a step is about; empty if it names none.
    public static func whose(_ step: Report) -> String {
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
