import ZaichikProtocol
import ZaichikWords

/// Clients that are slow on purpose.
struct SlowClientPlan: Equatable, Sendable {
    var pattern: TopicPattern
    var clients: Int
    /// From a delivery to its commit, in ms.
    var delay: UInt64
    /// By so much the delay is longer or shorter by chance, in ms.
    var jitter: UInt64
    var window: UInt32
    /// They stop for so long, in ms; nil: never.
    var stall: UInt64?
    /// So long after the last time.
    var stallEvery: UInt64
    /// They lose their connection so often, in ms; nil: never.
    var reconnectEvery: UInt64?

    /// From a delivery to its commit, in ms.
    func delay(by random: inout some RandomNumberGenerator) -> UInt64 {
        jitter == 0 ? delay : UInt64.random(in: delay - min(delay, jitter)...delay + jitter, using: &random)
    }
}

/// What can be set of slow clients.
enum SlowClientKnob: Int, Knob {
    case pattern, clients, delay, jitter, window, stall, stallEvery, reconnect

    var label: String {
        switch self {
        case .pattern: "topics"
        case .clients: "clients"
        case .delay: "delay"
        case .jitter: "jitter"
        case .window: "window"
        case .stall: "stalls"
        case .stallEvery: "every"
        case .reconnect: "leaves"
        }
    }

    var standard: String {
        switch self {
        case .pattern: "load"
        case .clients: "3"
        case .delay: "20ms"
        case .jitter: "10ms"
        case .window: "64"
        case .stall, .reconnect: ""
        case .stallEvery: "30s"
        }
    }

    var hint: String {
        switch self {
        case .pattern: "a topic or a pattern"
        case .clients: "how many, up to 50"
        case .delay: "from a delivery to its commit, up to 1h"
        case .jitter: "longer or shorter by chance, up to 1h"
        case .window: "how many are in flight, up to \(CommitState.largestWindow)"
        case .stall: "they stop so long, such as 5s; nothing: never"
        case .stallEvery: "a time such as 30s"
        case .reconnect: "they lose their connection so often; nothing: never"
        }
    }
}

extension SlowClientPlan {
    static func read(_ form: KnobForm<SlowClientKnob>) throws(KnobProblem<SlowClientKnob>) -> SlowClientPlan {
        let pattern: TopicPattern
        do throws(NameError) {
            pattern = try TopicPattern(form.text(.pattern))
        } catch {
            throw KnobProblem(knob: .pattern, text: ErrorText.topicPattern(form.text(.pattern), error))
        }
        let hour: UInt64 = 3_600_000
        let window = try form.whole(.window, 1...Int(CommitState.largestWindow))
        return SlowClientPlan(
            pattern: pattern, clients: try form.whole(.clients, 1...50), delay: try form.time(.delay, 0...hour) ?? 0,
            jitter: try form.time(.jitter, 0...hour) ?? 0, window: UInt32(window),
            stall: try form.time(.stall, 1...24 * hour),
            stallEvery: try form.time(.stallEvery, 1...24 * hour) ?? 30_000,
            reconnectEvery: try form.time(.reconnect, 1000...24 * hour))
    }
}

/// How the slow clients do. Their lag is in Clients, where it belongs to them as to anybody.
struct SlowClientReport: Equatable, Sendable {
    /// Their names begin with it.
    static let namePrefix = "slow-"

    /// Since they began, in µs.
    var elapsed: UInt64 = 0
    var connected = 0
    var stalled = 0
    var delivered: UInt64 = 0
    var committed: UInt64 = 0
    /// What their queues lost.
    var lost: UInt64 = 0
    /// How often one of them came again.
    var reconnects: UInt64 = 0
    var problem: String?
    var isOver = false
}
