import ZaichikProtocol
import ZaichikWords

/// The states of the panes that have a folder of their own.
struct ScreenStates: Equatable {
    var events = EventLog()
    var alerts = AlertBook()
    var heat = HeatMap()
    var past = BrokerPast()
    var traces = TraceLog()
    /// nil: all panes show what is now.
    var travel: Travel?
}

/// What these panes lay over all panes.
enum ScreenOverlay: Equatable {
    case event(EventEntry)
    /// The way of one message through every queue.
    case trace(TracedMessage)
    /// One client in one topic.
    case pair(HeatPair)

    func title(_ model: Model) -> [Span] {
        switch self {
        case .event(let entry):
            [Span("Event"), Span(SafeText.escaped(entry.report.name), .quiet), Span("Esc closes", .quiet)]
        case .trace(let message):
            [Span("Trace of \(SafeText.escaped(message.topic)) #\(message.sequence)"), Span("Esc closes", .quiet)]
        case .pair(let pair): [Span("\(pair.label) in \(pair.topic)"), Span("Esc closes, A acts", .quiet)]
        }
    }

    func lines(_ model: Model, columns: Int, now: Moment) -> [[Span]] {
        switch self {
        case .event(let entry): EventText.lines(entry, utcOffset: model.utcOffset, columns: columns)
        case .trace(let message): TraceText.lines(message, model, columns: columns, now: now)
        case .pair(let pair): PairText.lines(pair, model, columns: columns)
        }
    }

    /// What an act would be about.
    func actTarget(_ model: Model) -> ActTarget? {
        guard case .pair(let pair) = self, let row = model.clients.rows.first(where: { $0.id == pair.client }) else {
            return nil
        }
        return .client(row, label: pair.label)
    }
}

/// What these panes ask of the broker.
enum ScreenRequest: Equatable, Sendable {
    /// To read one of the broker's own topics from now on.
    case read(TopicName)
    /// These clients in each of their topics.
    case heat([UInt64])
    /// The broker's own history: so many of the last seconds; 0: all that are kept.
    case history(UInt16)
    /// The last ten minutes of the broker, of these clients and of these topics.
    case travel(clients: [UInt64], topics: [String])
    case publishTraced(topic: TopicName, body: String)
}

/// What these panes are told.
enum ScreenNews: Equatable, Sendable {
    case reports([ReportNews])
    case heat([HeatAnswer], problem: String?)
    case history(History)
    case noHistory(String)
    case travelled(TravelRecord)
    case noTravel(String)
    /// A message was published with a trace.
    case traced(TracedMessage)
}
