import ZaichikProtocol

/// A view that covers the panes.
enum Overlay: Equatable {
    case help(HelpInspection)
    /// One client, and why it is behind.
    case client(ClientInspection)
    /// One session: its settings, and who is attached to it.
    case session(SessionInspection)
    /// One topic: its settings and who reads it.
    case topic(TopicInspection)
    /// The whole of one message, in a format of its own.
    case message(MessageInspection)

    var offset: Int {
        get {
            switch self {
            case .help(let inspection): inspection.offset
            case .message(let inspection): inspection.offset
            case .client(let inspection): inspection.offset
            case .session(let inspection): inspection.offset
            case .topic(let inspection): inspection.offset
            }
        }
        set {
            switch self {
            case .help(var inspection):
                inspection.offset = newValue
                self = .help(inspection)
            case .message(var inspection):
                inspection.offset = newValue
                self = .message(inspection)
            case .client(var inspection):
                inspection.offset = newValue
                self = .client(inspection)
            case .session(var inspection):
                inspection.offset = newValue
                self = .session(inspection)
            case .topic(var inspection):
                inspection.offset = newValue
                self = .topic(inspection)
            }
        }
    }
}

struct HelpInspection: Equatable {
    /// Where it was asked for: the keys of that come first.
    var place: Focus
    /// Only lines with this text are shown; empty: all.
    var search = ""
    var offset = 0
}

struct ClientInspection: Equatable {
    var id: UInt64
    var label: String
    /// nil until the broker has answered.
    var detail: ClientDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
}

struct SessionInspection: Equatable {
    /// Of the session, as in the list of clients: its lags are kept by it.
    var id: UInt64
    var name: String
    /// nil until the broker has answered.
    var detail: SessionDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
}

struct MessageInspection: Equatable {
    let entry: MessageEntry
    /// Its own: that of the pane stays as it is.
    var format: PayloadFormat
    var offset = 0
    /// nil until it is laid out, and for what has no payload.
    var payload: PayloadLayout?
}

/// A payload in lines. It is kept since one of many brackets costs too much to be laid out with each key.
struct PayloadLayout: Equatable {
    let format: PayloadFormat
    let columns: Int
    let lines: [[Span]]

    init(_ message: ReceivedMessage, _ chosen: PayloadFormat, columns: Int) {
        format = chosen
        self.columns = columns
        lines = PayloadText.lines(message.payload, message.format(chosen), columns: columns).map { [Span($0)] }
    }
}

struct TopicInspection: Equatable {
    var name: String
    /// Its row when it was last listed.
    var row: TopicStatistics
    /// nil until the broker has answered.
    var detail: TopicDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
}
