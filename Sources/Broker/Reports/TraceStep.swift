import ZaichikProtocol

/// What happened to a traced message. docs/EVENTS.md, "Trace".
enum TraceKind: String, CaseIterable {
    /// It has a sequence, and is in the log.
    case accepted
    case refused
    /// A message with its key was there before: it is not stored.
    case duplicate
    /// It waits for room in its topic.
    case waiting
    /// It is kept aside until its delay is over.
    case delayed
    /// A queue has it.
    case queued
    case delivered
    case committed
    /// It comes again.
    case returned
    case touched
    case parked
    /// It was parked, and comes again.
    case released
    /// It was parked, and is done without a delivery.
    case dropped
    /// A queue will not get it: a gap.
    case lost
    /// A queue passes over it: no loss.
    case withheld
    /// The queue that had it in flight has ended.
    case ended
    /// The queue has too many traced messages in flight to follow this one further.
    case unfollowed
    /// Steps that were too many in a second.
    case leftOut = "left-out"
}

/// A step of a traced message.
struct TraceStep: Report {
    let kind: TraceKind
    /// µs since 1970.
    let time: UInt64
    let topic: String
    /// 0 if it has none.
    let sequence: UInt64
    let data: [(String, ReportValue)]

    init(_ kind: TraceKind, time: UInt64, topic: String, sequence: UInt64, _ data: [(String, ReportValue)] = []) {
        self.kind = kind
        self.time = time
        self.topic = topic
        self.sequence = sequence
        self.data = data
    }

    var key: String { "\(topic)#\(sequence)" }

    var members: [(String, ReportValue)] {
        [
            ("step", .text(kind.rawValue)), ("time", .number(time)), ("topic", .text(topic)),
            ("sequence", .number(sequence)), ("data", .object(data)),
        ]
    }
}
