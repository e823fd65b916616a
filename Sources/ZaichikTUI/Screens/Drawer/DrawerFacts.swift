import ZaichikProtocol

/// What a drawer shows besides the detail of its client, session or topic. Each part is asked for by itself, again and
/// again, and never twice at once.
struct DrawerFacts: Equatable, Sendable {
    enum Part: CaseIterable, Hashable, Sendable {
        /// The last ten minutes, from the broker.
        case history
        /// The messages of the queue: in flight, to come again, next.
        case messages
        /// Who published what the queue is behind on.
        case shares

        /// How long an answer holds, in µs.
        fileprivate var period: UInt64 {
            switch self {
            case .history, .messages: Moment.second
            // The broker looks through what is kept for it.
            case .shares: 5 * Moment.second
            }
        }
    }

    private(set) var history: History?
    private(set) var messages: RowPage<PeekedMessage>?
    private(set) var shares: LagShares?
    /// Why there is none of a part.
    private(set) var problems: [Part: String] = [:]
    /// Asked and not answered yet.
    private var waiting: Set<Part> = []
    private var asked: [Part: Moment] = [:]

    /// How many messages of each state are shown in a drawer.
    static let mostMessages: UInt32 = 16
    /// How many publishers are shown in a drawer.
    static let mostShares: UInt32 = 8

    /// The parts to ask for now; they count as asked.
    ///
    /// - Parameter parts: Those that the drawer has.
    mutating func ask(_ parts: Set<Part>, now: Moment) -> Set<Part> {
        let due = parts.filter { part in
            !waiting.contains(part) && asked[part].map { now < $0 || now.since($0) >= part.period } ?? true
        }
        for part in due {
            asked[part] = now
            waiting.insert(part)
        }
        return due
    }

    /// Nothing was asked after all.
    mutating func forgetQuestions() {
        waiting = []
        asked = [:]
    }

    mutating func take(_ fact: DrawerFact) {
        switch fact {
        case .history(let history): self.history = history
        case .messages(let page): messages = page
        case .shares(let shares): self.shares = shares
        case .none(let part, let problem):
            waiting.remove(part)
            problems[part] = problem
            return
        }
        waiting.remove(fact.part)
        problems[fact.part] = nil
    }
}

/// One answer for a drawer.
enum DrawerFact: Equatable, Sendable {
    case history(History)
    case messages(RowPage<PeekedMessage>)
    case shares(LagShares)
    case none(DrawerFacts.Part, String)

    var part: DrawerFacts.Part {
        switch self {
        case .history: .history
        case .messages: .messages
        case .shares: .shares
        case .none(let part, _): part
        }
    }
}

/// What is asked for a drawer.
struct DrawerQuestion: Equatable, Sendable {
    var subject: DrawerSubject
    /// Whose queue it is; nil for a topic.
    var queue: QueueSubject?
    var parts: Set<DrawerFacts.Part>

    var history: HistorySubject {
        switch subject {
        case .client(let id): .client(id)
        case .topic(let name): .topic(name)
        case .message: preconditionFailure("the broker has no history of a message")
        }
    }
}

extension ClientStatistics {
    /// The queue that it reads: that of its session, if it has one.
    var queue: QueueSubject { session.isEmpty ? .client(id) : .session(session) }
}
