import ZaichikProtocol

/// What lies over the panes.
enum Overlay: Equatable {
    case help(offset: Int)
    /// One client: why is it behind?
    case client(ClientInspection)
    /// One message, whole.
    case message(MessageEntry, offset: Int)

    var offset: Int {
        get {
            switch self {
            case .help(let offset), .message(_, let offset): offset
            case .client(let inspection): inspection.offset
            }
        }
        set {
            switch self {
            case .help: self = .help(offset: newValue)
            case .message(let entry, _): self = .message(entry, offset: newValue)
            case .client(var inspection):
                inspection.offset = newValue
                self = .client(inspection)
            }
        }
    }
}

struct ClientInspection: Equatable {
    var id: UInt64
    var label: String
    /// Nothing until the broker has answered.
    var detail: ClientDetail?
    /// Why there is nothing (any more).
    var problem: String?
    /// An answer is awaited.
    var isAsked = true
    var offset = 0
}
