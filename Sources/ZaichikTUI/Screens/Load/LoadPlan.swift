import ZaichikProtocol
import ZaichikWords

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the load generator publishes.
struct LoadPlan: Equatable, Sendable {
    /// How its rate goes over time; the mean is the same for all.
    enum Shape: String, CaseIterable, Sendable {
        case steady
        /// Between nothing and twice the rate, within ten seconds.
        case wave
        /// A second of five times the rate, then four without.
        case bursts

        /// How many messages are due after so many seconds at a rate of one a second.
        func due(after seconds: Double) -> Double {
            switch self {
            case .steady: return seconds
            case .wave:
                let circle = 2 * Double.pi / 10
                return seconds + (1 - cos(seconds * circle)) / circle
            case .bursts:
                let whole = (seconds / 5).rounded(.down)
                return 5 * (whole + min(seconds - 5 * whole, 1))
            }
        }
    }

    var topic: TopicName
    /// Messages a second, of all publishers together.
    var rate: Double
    /// Of a payload, in bytes.
    var size: Int
    /// How many different keys there are; 0: no message has one.
    var keys: Int
    var shape: Shape
    var publishers: Int
    /// In ms; nil: until it is stopped.
    var duration: UInt64?

    /// How many messages one publisher should have sent by then.
    func due(after seconds: Double) -> Int { Int(rate * shape.due(after: seconds) / Double(publishers)) }

    /// A JSON object of the size, or as much of it as there is room for.
    func payload(_ number: Int) -> [UInt8] {
        let head = Array(#"{"n":\#(number),"pad":""#.utf8)
        let tail = Array(#""}"#.utf8)
        guard head.count + tail.count <= size else { return Array("\(number)".utf8.suffix(size)) }
        return head + [UInt8](repeating: UInt8(ascii: "x"), count: size - head.count - tail.count) + tail
    }

    func key(_ number: Int) -> String? { keys == 0 ? nil : "k\(number % keys)" }
}

/// What can be set of the load.
enum LoadKnob: Int, Knob {
    case topic, rate, size, keys, shape, publishers, duration

    var label: String {
        switch self {
        case .topic: "topic"
        case .rate: "rate"
        case .size: "size"
        case .keys: "keys"
        case .shape: "shape"
        case .publishers: "clients"
        case .duration: "for"
        }
    }

    var standard: String {
        switch self {
        case .topic: "load"
        case .rate: "1000"
        case .size: "200"
        case .keys: "100"
        case .shape: "steady"
        case .publishers: "1"
        case .duration: ""
        }
    }

    var hint: String {
        switch self {
        case .topic: "the name of a topic"
        case .rate: "messages a second, up to 200000"
        case .size: "bytes, up to 1048576"
        case .keys: "how many different ones; 0: none"
        case .shape: "steady, wave or bursts"
        case .publishers: "how many publish, up to 20"
        case .duration: "a time such as 30s; nothing: until it is stopped"
        }
    }
}

extension LoadPlan {
    static func read(_ form: KnobForm<LoadKnob>) throws(KnobProblem<LoadKnob>) -> LoadPlan {
        let topic: TopicName
        do throws(NameError) {
            topic = try TopicName(form.text(.topic))
        } catch {
            throw KnobProblem(knob: .topic, text: ErrorText.topicName(form.text(.topic), error))
        }
        guard let rate = Double(form.text(.rate)), rate > 0, rate <= 200_000 else { throw form.problem(.rate) }
        guard let shape = Shape(rawValue: form.text(.shape).lowercased()) else { throw form.problem(.shape) }
        return LoadPlan(
            topic: topic, rate: rate, size: try form.whole(.size, 0...1 << 20),
            keys: try form.whole(.keys, 0...1_000_000), shape: shape,
            publishers: try form.whole(.publishers, 1...20), duration: try form.time(.duration, 1...86_400_000))
    }
}

/// How the load goes.
struct LoadReport: Equatable, Sendable {
    /// Since it began, in µs.
    var elapsed: UInt64 = 0
    var connected = 0
    var sent: UInt64 = 0
    /// Accepted by the broker, duplicates among them.
    var confirmed: UInt64 = 0
    var refused: UInt64 = 0
    /// Sent later than a second after they were due, and so not at all.
    var missed: UInt64 = 0
    /// Sent in the last second.
    var rate: UInt64 = 0
    /// The broker holds publishes back.
    var isBlocked = false
    /// From the publish to the broker's answer, in µs.
    var latency = LatencyHistogram()
    /// The first reason for which something went wrong.
    var problem: String?
    var isOver = false
}
