import ZaichikWords

/// The way of one message through one queue, made from its steps: when it waited, when it was in flight, how it ended.
struct TraceWay: Equatable {
    enum Phase: Equatable {
        case waiting, inFlight
    }

    struct Stretch: Equatable {
        var phase: Phase
        var from: UInt64
        var to: UInt64
    }

    /// The queue, as it is named in all of its steps.
    let queue: String
    private(set) var stretches: [Stretch] = []
    /// The step after which the queue is done with it; nil while it is not.
    private(set) var end: Report?
    private(set) var attempts: UInt64 = 0
    private var phase = Phase.waiting
    private var since: UInt64

    private init(queue: String, since: UInt64) {
        self.queue = queue
        self.since = since
    }

    /// The ways through all queues, in the order in which the queues got it.
    ///
    /// - Parameters:
    ///   - steps: In order.
    ///   - now: Where what is still under way ends.
    static func all(_ steps: [Report], now: UInt64) -> [TraceWay] {
        let accepted = steps.first { $0.name == "accepted" }?.time ?? steps.first?.time ?? now
        var ways: [TraceWay] = []
        var places: [String: Int] = [:]
        for step in steps where Self.ofQueues.contains(step.name) {
            // A step of a session names the connection that has it; its queue is the session's.
            let queue = step.data["session"]?.text.map { "session \(SafeText.escaped($0))" } ?? TraceTable.whose(step)
            let place = places[queue] ?? ways.count
            if place == ways.count {
                places[queue] = place
                ways.append(TraceWay(queue: queue, since: accepted))
            }
            ways[place].take(step)
        }
        for index in ways.indices { ways[index].close(now) }
        return ways
    }

    /// What is told of a queue, and not of the publish.
    private static let ofQueues: Set<String> = TraceTable.last.union([
        "queued", "delivered", "returned", "touched", "parked", "released",
    ])

    private mutating func take(_ step: Report) {
        guard end == nil else { return }
        switch step.name {
        case "delivered":
            begin(.inFlight, at: step.time)
            attempts = step.data["attempt"]?.number ?? attempts + 1
        case "returned", "parked", "released": begin(.waiting, at: step.time)
        case let name where TraceTable.last.contains(name):
            begin(.waiting, at: step.time)
            end = step
        default: break
        }
    }

    private mutating func begin(_ next: Phase, at time: UInt64) {
        if time > since { stretches.append(Stretch(phase: phase, from: since, to: time)) }
        (phase, since) = (next, max(time, since))
    }

    private mutating func close(_ now: UInt64) {
        guard end == nil, now > since else { return }
        stretches.append(Stretch(phase: phase, from: since, to: now))
    }

    /// How it stands, in one word.
    var outcome: String {
        if let end { return end.data["reason"]?.text.map { "\(end.name): \($0)" } ?? end.name }
        return phase == .inFlight ? "in flight" : "waits"
    }
}
