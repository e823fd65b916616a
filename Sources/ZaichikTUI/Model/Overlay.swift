import ZaichikProtocol

/// A view that covers the panes.
enum Overlay: Equatable {
    case help(offset: Int)
    /// One client, and why it is behind.
    case client(ClientInspection)
    /// One topic: its settings and who reads it.
    case topic(TopicInspection)
    /// The whole of one message, in a format of its own.
    case message(MessageEntry, format: PayloadFormat, offset: Int)

    var offset: Int {
        get {
            switch self {
            case .help(let offset), .message(_, _, let offset): offset
            case .client(let inspection): inspection.offset
            case .topic(let inspection): inspection.offset
            }
        }
        set {
            switch self {
            case .help: self = .help(offset: newValue)
            case .message(let entry, let format, _): self = .message(entry, format: format, offset: newValue)
            case .client(var inspection):
                inspection.offset = newValue
                self = .client(inspection)
            case .topic(var inspection):
                inspection.offset = newValue
                self = .topic(inspection)
            }
        }
    }
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
