import ZaichikProtocol

/// What would help a queue, with the command to type: one table for the command line and the terminal program.
public struct Remedy: Equatable, Sendable {
    public var text: String
    /// nil if no command does it: the client has to change.
    public var command: String?

    public init(_ text: String, command: String? = nil) {
        self.text = text
        self.command = command
    }
}

extension Remedy {
    public static func list(_ session: SessionDetail) -> [Remedy] {
        list(ClientDetail(of: session), settings: session.session.settings)
    }

    /// The first one is to be tried first; none if nothing is wrong.
    ///
    /// - Parameter settings: Those of a session, so that what is set already is not proposed; nil if they are not known.
    public static func list(_ detail: ClientDetail, settings: SessionSettings? = nil) -> [Remedy] {
        let (client, evidence) = (detail.client, detail.evidence)
        let queue = QueueWords(client)
        switch client.state {
        case .idle, .publishing, .keepingUp, .draining: return threatened(detail)
        case .fallingBehind:
            return [Remedy("It has to become faster, or be shared with others: a shared session.")]
                + threatened(detail)
                + [
                    Remedy(
                        "If old messages may be lost, pass over them.", command: queue.command("skip", "--older", "1m"))
                ]
        case .commitsStopped:
            return [
                queue.peek, Remedy("Look at the program: it got the message and has not said that it is done with it."),
            ]
                + (queue.isSession && settings.map { $0.commitDeadline == 0 || $0.attempts == 0 } ?? true
                    ? [
                        Remedy("Another worker may come to the session: it goes on where this one stands still."),
                        Remedy(
                            "A deadline gives back all that is in flight, what is good as well as what is stuck; a limit "
                                + "of attempts then parks it.",
                            command: queue.set("--deadline 30s --attempts 3")),
                    ] : []) + [queue.kick]
        case .windowTooSmall:
            let wanted = evidence[.windowWanted] ?? client[.window] * 2
            return [
                Remedy("A window of \(wanted) would do.", command: queue.command("window", "\(wanted)"))
            ]
        case .paused:
            guard detail.pause != nil else {
                return [Remedy("The client has to open its window again; nobody else has paused it.")]
            }
            return [Remedy("It goes on when it is resumed.", command: queue.command("resume"))]
        case .notReading:
            return [Remedy("Look at the program: it is stopped, stuck or overloaded.")]
                + (queue.isSession ? [] : [Remedy(silence)]) + [queue.kick] + threatened(detail)
        case .absent:
            return [Remedy("Its client has to come back.")] + threatened(detail)
                + (client[.lagMessages] > 0
                    ? [
                        Remedy(
                            "If nobody will, end it with all that waits.", command: "zaichik session rm \(queue.name)")
                    ] : [])
        case .blocked: return blocked(evidence)
        case .poisoned:
            return [queue.peek] + limit(of: queue, settings) + [queue.removal(evidence)].compactMap(\.self)
        case .losing: return losing(detail) + [Remedy("Faster commits, or a shared session, would end it.")]
        }
    }

    private static func limit(of queue: QueueWords, _ settings: SessionSettings?) -> [Remedy] {
        guard queue.isSession else { return [] }
        guard let attempts = settings?.attempts, attempts > 0 else {
            return [Remedy("A limit of attempts puts such messages aside.", command: queue.set("--attempts 5"))]
        }
        return [Remedy("It is parked after \(attempts) \(attempts == 1 ? "delivery" : "deliveries").")]
    }

    private static let silence =
        "A client that answers nothing for \(PeerLimits.silence * (PeerLimits.unansweredPings + 1)) s is disconnected, "
        + "and what waits in its queue is lost: with a session it would wait."

    private static func blocked(_ evidence: Evidence) -> [Remedy] {
        guard let topic = evidence[text: .topic] else { return [] }
        var remedies: [Remedy] = []
        if let id = evidence[.client] {
            let name = ShellText.quoted("\(evidence[text: .clientName] ?? "")#\(id)")
            remedies.append(Remedy("See why that queue is behind.", command: "zaichik why \(name)"))
        }
        remedies.append(
            Remedy("See who else is behind there.", command: "zaichik topic info \(ShellText.quoted(topic))"))
        return remedies
    }

    private static func threatened(_ detail: ClientDetail) -> [Remedy] {
        guard let threat = detail.evidence.threat, let topic = TopicWords(detail) else { return [] }
        return [threat == .messagesExpire ? topic.longerRetention : topic.largerLimit].compactMap(\.self)
    }

    private static func losing(_ detail: ClientDetail) -> [Remedy] {
        guard let topic = TopicWords(detail) else { return [] }
        switch detail.evidence[.lossCause].flatMap(LossCause.init(rawValue:)) ?? .none {
        case .limit:
            let waits = Remedy("Or let the publishers wait.", command: "\(topic.set) --overflow block")
            return [topic.largerLimit, waits].compactMap(\.self)
        case .expired: return [topic.longerRetention].compactMap(\.self)
        case .memory: return [Remedy("The broker needs more memory: 'zaichik serve --memory-limit'.")]
        case .purged, .moved, .none: return []
        }
    }
}

/// How commands change the topic that the evidence is about.
private struct TopicWords {
    /// `zaichik topic set NAME`
    let set: String
    private let row: ClientTopicStatistics?

    init?(_ detail: ClientDetail) {
        guard let topic = detail.evidence[text: .topic] else { return nil }
        set = "zaichik topic set \(ShellText.quoted(topic))"
        row = detail.topics.first { $0.topic == topic }
    }

    /// Twice the limit; nil if it is not known.
    var largerLimit: Remedy? {
        guard let limit = row?[.limit], limit > 0, limit < 1 << 62 else { return nil }
        let size = FigureText.bytes(2 * limit).filter { $0 != " " }
        return Remedy("A larger limit keeps more.", command: "\(set) --limit \(size)")
    }

    /// Twice the retention; nil if it is not known.
    var longerRetention: Remedy? {
        guard let retention = row?[.retention], retention > 0, retention < 1 << 62 else { return nil }
        let time = FigureText.duration(milliseconds: 2 * retention).filter { $0 != " " }
        return Remedy("A longer retention keeps more.", command: "\(set) --retention \(time)")
    }
}

/// How commands name a queue.
private struct QueueWords {
    let isSession: Bool
    /// As an argument.
    let name: String

    init(_ client: ClientStatistics) {
        isSession = !client.session.isEmpty
        name = ShellText.quoted(isSession ? client.session : "\(client.name)#\(client.id)")
    }

    func command(_ verb: String, _ arguments: String...) -> String {
        (["zaichik", isSession ? "session" : "client", verb, name] + arguments).joined(separator: " ")
    }

    func set(_ options: String) -> String { "zaichik session set \(name) \(options)" }

    var peek: Remedy { Remedy("Look at the message.", command: command("peek")) }
    /// Takes out what comes again and again; nil if it is not known what that is.
    func removal(_ evidence: Evidence) -> Remedy? {
        guard let topic = evidence[text: .topic], let sequence = evidence[.sequence], sequence < .max else {
            return nil
        }
        return Remedy(
            "If it may be lost, remove it, with what waits before it.",
            command: command("purge", "--topic", ShellText.quoted(topic), "--below", "\(sequence + 1)"))
    }
    var kick: Remedy {
        let text =
            isSession
            ? "End the connection, so that it begins anew with it."
            : "End the connection, so that it begins anew; what waits in its queue is lost."
        return Remedy(text, command: command("kick"))
    }
}

/// Texts as a shell takes them.
public enum ShellText {
    /// A word as it is, anything else in quotes.
    public static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch UInt8(byte) {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._-/:@".utf8.contains(byte)
                }
            }
        guard !isPlain else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
